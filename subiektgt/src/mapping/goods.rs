//! What stands in the database.

use std::collections::{BTreeMap, HashMap, HashSet};

use connector::Warning;
use gateway_core::model::{
    Attributes, CategoryId, CategoryTree, Family, ImageRef, Line, Markdown, Money, Name, NetPrice, Product,
    ProductId, ProductParts, Reject, RejectReason, StockLevel, Variant, VariantId, VatRate, net_from_gross,
};
use gateway_core::picture::SIZE_LIMIT;
use iso_currency::Currency;
use rust_decimal::Decimal;
use xxhash_rust::xxh3::xxh3_64;

use super::{GOODS, KIT, Mapped, numbers, product_id, skipped, tag_id, tree, vat_rate};
use crate::wire::rows::{Good, Odd, Picture, Value};

/// What tells the members of a model apart, where nothing else does.
const VARIANT: &str = "wariant";

/// Before the number of a model, which is a family.
const MODEL: &str = "model:";

/// What a firm's goods have in common.
#[derive(Clone, Debug, Default)]
pub struct Firm {
    /// The VAT rates by their ids. None: nobody may read them.
    pub vat_rates: Option<HashMap<i32, Rate>>,
    /// The rate of goods for which none is told.
    pub vat_default: Option<VatRate>,
    /// The groups' names.
    pub groups: BTreeMap<i32, String>,
    /// The tags' names.
    pub tags: BTreeMap<i32, String>,
    /// The names of the properties whose values tags are, by the tags' ids.
    pub properties: HashMap<i32, String>,
    /// Symbols that several goods bear, in capitals.
    pub shared_symbols: HashSet<String>,
}

/// A VAT rate.
#[derive(Clone, Debug)]
pub struct Rate {
    /// `vat_Symbol`
    pub symbol: Option<String>,
    /// `vat_Stawka`, in percent; below 0 for what is no rate.
    pub percent: Value<Decimal>,
}

/// What is told of a good beside its own row.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Its tags.
    pub tags: Vec<i32>,
    /// Its pictures, the main one first.
    pub pictures: Vec<Picture>,
    /// How much of it can be sold, or why nobody can tell.
    pub level: Option<Result<Decimal, String>>,
    /// How many goods its model has, itself counted.
    pub members: i64,
}

/// A good's id, which is its number.
#[must_use]
pub fn id(number: i32) -> Option<ProductId> {
    ProductId::new(&number.to_string()).ok()
}

/// Makes a canonical product of a good; `None` when nobody can tell which one it is.
#[must_use]
pub fn product(firm: &Firm, good: &Good, beside: &Beside) -> Option<Mapped> {
    let id = id(good.id?)?;
    let symbol = good.symbol.clone().ok().flatten();
    let kind = good.kind.clone().ok().flatten();
    if let Some(skip) = skipped(&id, kind.map(|kind| kind.to_string()).as_deref()) {
        return Some(Mapped { skip: Some(skip), ..Mapped::default() });
    }
    let mut warnings = Vec::new();
    let mut warn = |what| warnings.push(Warning { product: Some(id.clone()), variant: None, what });
    let barcode = good.barcode.clone().ok().flatten();
    let (sku, ean) = numbers(symbol.as_deref().unwrap_or_default(), barcode.as_deref(), &mut warn);
    let name = good.name.clone().ok().flatten().and_then(|name| Name::new(&name).ok());
    let made = Making { firm, good, beside }.made(&id, &mut warn).map(|mut parts| {
        for variant in &mut parts.variants {
            variant.sku.clone_from(&sku);
            variant.ean.clone_from(&ean);
        }
        let is_its_own = |symbol: &&str| !firm.shared_symbols.contains(&symbol.to_uppercase());
        parts.also = product_id(symbol.as_deref().filter(is_its_own));
        parts
    });
    let made = made.and_then(|parts| {
        Product::new(parts).map_err(|error| RejectReason::broken("good", &error.to_string()))
    });
    let mut mapped = Mapped { warnings, ..Mapped::default() };
    match made {
        Ok(product) => mapped.product = Some(product),
        Err(reason) => {
            let name = name.map(|name| name.to_string());
            mapped.reject = Some(Reject { product: id, variant: None, name, sku, reason });
        }
    }
    Some(mapped)
}

/// A good that is being made.
struct Making<'a> {
    firm: &'a Firm,
    good: &'a Good,
    beside: &'a Beside,
}

impl Making<'_> {
    fn made(&self, id: &ProductId, warn: &mut impl FnMut(String)) -> Result<ProductParts, RejectReason> {
        let good = self.good;
        told("tw_Symbol", &good.symbol)?;
        told("tw_PodstKodKresk", &good.barcode)?;
        match told("tw_Rodzaj", &good.kind)? {
            Some(GOODS | KIT) => {}
            other => return Err(RejectReason::broken("tw_Rodzaj", &shown(other))),
        }
        let name = told("tw_Nazwa", &good.name)?;
        let name = name.and_then(|name| Name::new(&name).ok()).ok_or(RejectReason::NoName)?;
        let vat = self.vat()?;
        let price = self.price(vat)?;
        let for_sale = !told("tw_Zablokowany", &good.is_blocked)?.unwrap_or(false);
        let (description, brief) = self.texts(warn)?;
        let categories = self.categories()?;
        let model = told("model", &good.model)?;
        let attributes = if model.is_some() { self.attributes(&name) } else { Attributes::default() };
        let stock = match &self.beside.level {
            None => Decimal::ZERO,
            Some(Ok(level)) => *level,
            Some(Err(why)) => {
                warn(format!(
                    "nobody can tell how much of it there is ({why}): should it be new, its level is 0"
                ));
                Decimal::ZERO
            }
        };
        let variant = Variant {
            id: VariantId::simple(),
            sku: None,
            ean: None,
            attributes,
            price,
            vat,
            stock: StockLevel::Quantity(stock),
            images: self.images(warn),
            for_sale,
        };
        Ok(ProductParts {
            id: id.clone(),
            name,
            description,
            brief,
            categories,
            variants: vec![variant],
            family: model.and_then(|model| self.family(model)),
            also: None,
        })
    }

    fn vat(&self) -> Result<VatRate, RejectReason> {
        let default = self.firm.vat_default;
        let Some(rates) = &self.firm.vat_rates else { return default.ok_or(RejectReason::VatUntold) };
        let Some(id) = told("tw_IdVatSp", &self.good.vat)? else {
            return default.ok_or(RejectReason::VatUntold);
        };
        let rate = rates
            .get(&id)
            .ok_or_else(|| RejectReason::broken("tw_IdVatSp", &format!("{id}, which is no rate")))?;
        match told("vat_Stawka", &rate.percent)? {
            None => default.ok_or(RejectReason::VatUntold),
            Some(percent) => vat_rate("vat_Stawka", percent, rate.symbol.as_deref(), default),
        }
    }

    /// Net as it stands there, and derived from the gross price only where it is not told: the program keeps both, and they are not
    /// always the same to a grosz.
    fn price(&self, vat: VatRate) -> Result<NetPrice, RejectReason> {
        let good = self.good;
        let code = told("tc_IdWaluta", &good.currency)?;
        let currency = match code.as_deref() {
            None => Currency::PLN,
            Some(code) => {
                Currency::from_code(code).ok_or_else(|| RejectReason::broken("tc_IdWaluta", code))?
            }
        };
        match (told("tc_CenaNetto", &good.net)?, told("tc_CenaBrutto", &good.gross)?) {
            (Some(net), _) => Ok(NetPrice::new(Money::new(net, currency))?),
            // A net price by a rate that nobody knows would be a wrong one.
            (None, Some(_)) if self.firm.vat_rates.is_none() => Err(RejectReason::VatUntold),
            (None, Some(gross)) => Ok(net_from_gross(Money::new(gross, currency), vat)?),
            (None, None) => Err(RejectReason::NoPrice),
        }
    }

    /// The long text and the short one; where there is one text, it is the long one.
    fn texts(&self, warn: &mut impl FnMut(String)) -> Result<(Markdown, Line), RejectReason> {
        let short = told("tw_Opis", &self.good.description)?.unwrap_or_default();
        let long = told("tw_Charakter", &self.good.characteristic)?;
        let is_rtf = long.as_ref().is_some_and(|text| text.starts_with("{\\rtf"));
        if is_rtf {
            warn("its long description (tw_Charakter) was left out: it is in RTF".to_owned());
        }
        Ok(match long.filter(|_| !is_rtf) {
            None => (Markdown::from_text(&short), Line::default()),
            Some(long) if is_html(&long) => (Markdown::from_html(&long), Line::from_text(&short)),
            Some(long) => (Markdown::from_text(&long), Line::from_text(&short)),
        })
    }

    fn categories(&self) -> Result<Vec<CategoryId>, RejectReason> {
        let group = told("tw_IdGrupa", &self.good.group)?;
        let group = group.and_then(|group| CategoryId::new(&group.to_string()).ok());
        let tags = self.beside.tags.iter().filter_map(|tag| tag_id(&tag.to_string()));
        Ok(group.into_iter().chain(tags).collect())
    }

    /// A model, which only says which goods are variants of one: each of them stays a product of its own.
    fn family(&self, model: i32) -> Option<Family> {
        let id = ProductId::new(&format!("{MODEL}{model}")).ok()?;
        Some(Family { id, has_others: self.beside.members > 1 })
    }

    /// What tells a member of a model from the others: its properties, else what its name has beside the model's, else its symbol.
    fn attributes(&self, name: &Name) -> Attributes {
        let mut properties: Vec<(&str, String)> = Vec::new();
        for tag in &self.beside.tags {
            let (Some(property), Some(value)) = (self.firm.properties.get(tag), self.firm.tags.get(tag))
            else {
                continue;
            };
            match properties.iter_mut().find(|(known, _)| known == property) {
                Some((_, values)) => {
                    values.push_str(", ");
                    values.push_str(value);
                }
                None => properties.push((property, value.clone())),
            }
        }
        let named =
            |(property, value): (&str, String)| Some((Name::new(property).ok()?, Name::new(&value).ok()?));
        let told: Vec<(Name, Name)> = properties.into_iter().filter_map(named).collect();
        if !told.is_empty() {
            return Attributes::new(told).0;
        }
        let model = self.good.model_name.clone().ok().flatten().unwrap_or_default();
        let symbol = self.good.symbol.clone().ok().flatten();
        let label = beside_model(name.as_str(), &model).or(symbol);
        let label = label.and_then(|label| Some((Name::new(VARIANT).ok()?, Name::new(&label).ok()?)));
        Attributes::new(label).0
    }

    fn images(&self, warn: &mut impl FnMut(String)) -> Vec<ImageRef> {
        let mut images = Vec::new();
        for picture in &self.beside.pictures {
            match picture_fault(picture) {
                Some(fault) => warn(format!("its picture {} was left out: {fault}", picture.id)),
                None => images.extend(image(picture)),
            }
        }
        images
    }
}

/// The value of a column, or that it is none.
fn told<T: Clone>(column: &str, value: &Value<T>) -> Result<Option<T>, RejectReason> {
    value.clone().map_err(|Odd { found, .. }| RejectReason::broken(column, &found))
}

fn shown(number: Option<i32>) -> String {
    number.map_or_else(|| "nothing".to_owned(), |number| number.to_string())
}

/// Whether a text is written in HTML: it has a tag, or a letter by its name.
fn is_html(text: &str) -> bool {
    let has_tag = text.split('<').skip(1).any(|rest| {
        let name = rest.strip_prefix('/').unwrap_or(rest);
        name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '!') && rest.contains('>')
    });
    let has_letter = text.split('&').skip(1).any(|rest| {
        let end = rest.find(';').filter(|end| (2..=10).contains(end));
        end.and_then(|end| rest.get(..end))
            .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#'))
    });
    has_tag || has_letter
}

/// What a name has beside its model's.
fn beside_model(name: &str, model: &str) -> Option<String> {
    let at = find_in_any_case(name, model)?;
    let (before, after) = (name.get(..at.start)?, name.get(at.end..)?);
    let is_edge = |letter: char| {
        letter.is_whitespace() || matches!(letter, '-' | '–' | ',' | ';' | ':' | '/' | '|' | '.')
    };
    let parts = [before, after].map(|part| part.trim_matches(is_edge));
    let label = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    // Brackets that held all of it say nothing any more.
    let inner = label.strip_prefix('(').and_then(|label| label.strip_suffix(')'));
    let label = inner.filter(|inner| !inner.contains(['(', ')'])).unwrap_or(&label).trim();
    (!label.is_empty()).then(|| label.to_owned())
}

/// Where a word stands in a text, whatever the case of either. Letters may change their length with their case, so it is looked for
/// letter by letter.
fn find_in_any_case(text: &str, word: &str) -> Option<std::ops::Range<usize>> {
    if word.is_empty() {
        return None;
    }
    text.char_indices().map(|(at, _)| at).find_map(|start| {
        let mut rest = text.get(start..)?.char_indices();
        for wanted in word.chars() {
            let (_, letter) = rest.next()?;
            if !letter.to_lowercase().eq(wanted.to_lowercase()) {
                return None;
            }
        }
        let end = rest.next().map_or(text.len(), |(at, _)| start + at);
        // A model named "Kos" is none of a good named "Kosz".
        let goes_on = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let is_word =
            !goes_on(text.get(..start)?.chars().next_back()) && !goes_on(text.get(end..)?.chars().next());
        is_word.then_some(start..end)
    })
}

/// Why a picture cannot be sent, by how it begins.
fn picture_fault(picture: &Picture) -> Option<String> {
    let head = picture.head.as_slice();
    let is_picture = [&b"\xFF\xD8\xFF"[..], b"\x89PNG", b"GIF8"].iter().any(|magic| head.starts_with(magic));
    if picture.length > i64::try_from(SIZE_LIMIT).unwrap_or(i64::MAX) {
        return Some(format!("it takes more than {} MiB", SIZE_LIMIT >> 20));
    }
    if is_picture {
        return None;
    }
    let what = if head.is_empty() {
        "it is empty"
    } else if head.starts_with(b"BM") {
        "it is a bitmap (BMP): save it as JPEG or PNG"
    } else if head.starts_with(b"\xD0\xCF\x11\xE0") {
        "it is an object of another program (OLE): save it as JPEG or PNG"
    } else if head.starts_with(b"{\\rtf") {
        "it is a text (RTF)"
    } else {
        "it is no JPEG, PNG or GIF"
    };
    Some(what.to_owned())
}

/// A picture by its row and by what can be told of its content without reading all of it.
fn image(picture: &Picture) -> Option<ImageRef> {
    let Picture { id, crc, length, head, tail } = picture;
    let crc = crc.map_or_else(|| "-".to_owned(), |crc| crc.to_string());
    let ends = xxh3_64(&[head.as_slice(), tail.as_slice()].concat());
    let image = ImageRef::new(&format!("zd:{id}:{length}:{crc}:{ends:016x}"), None).ok()?;
    Some(image.located_at(&id.to_string()))
}

/// The groups, which are flat, and the tags below a category of their own.
#[must_use]
pub fn category_tree(firm: &Firm) -> CategoryTree {
    let groups = firm
        .groups
        .iter()
        .filter_map(|(id, name)| Some((CategoryId::new(&id.to_string()).ok()?, name.as_str())));
    let tags = firm.tags.iter().filter_map(|(id, name)| Some((tag_id(&id.to_string())?, name.as_str())));
    tree(groups, tags)
}
