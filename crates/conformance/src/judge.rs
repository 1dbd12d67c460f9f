//! Whether what was read is what the shop holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use connector::{End, Item};
use gateway_core::model::{
    Attributes, CategoryTree, Ean, ImageRef, Line, Markdown, Money, Name, NetPrice, Product, Sku, StockLevel,
    Variant, VatRate,
};
use iso_currency::Currency;

use crate::arena::Reading;
use crate::examined::LocalShop;
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{self, Catalogue, Tongue};

/// Compares what was read in a language with what the shop holds.
pub(crate) struct Judge<'a> {
    catalogue: &'a Catalogue,
    shop: &'a dyn LocalShop,
    tongue: Tongue,
    tree: Option<&'a CategoryTree>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(catalogue: &'a Catalogue, shop: &'a dyn LocalShop) -> Self {
        Self { catalogue, shop, tongue: Tongue::Default, tree: None }
    }

    /// What was read is in this language, and its categories are those of this tree.
    pub(crate) fn within(self, tongue: Tongue, tree: &'a CategoryTree) -> Self {
        Self { tongue, tree: Some(tree), ..self }
    }

    /// Everything came as it is, nothing else did, and the end says so.
    pub(crate) fn everything(&self, reading: &Reading) -> Verdict {
        match &reading.end {
            Ok(End::Complete) => self.all_but(&BTreeSet::new(), reading),
            Ok(End::Partial) => {
                Err(Finding::new("the catalogue was read, and the end says that a part is missing"))
            }
            Err(error) => Err(Finding::new(format!("the catalogue could not be read: {error}"))),
        }
    }

    /// Everything came as it is but these products, of which nothing is said, and nothing else did.
    pub(crate) fn all_but(&self, spared: &BTreeSet<u32>, reading: &Reading) -> Verdict {
        let mut missing: BTreeMap<String, &goods::Product> =
            self.catalogue.products.iter().map(|product| (self.product_id(product), product)).collect();
        let mut pictures = Pictures::default();
        for item in &reading.items {
            let id = product_of(item);
            let is_spared = |product: &&goods::Product| spared.contains(&product.key);
            if self.catalogue.products.iter().filter(is_spared).any(|product| self.product_id(product) == id)
            {
                continue;
            }
            let product = match item {
                Item::Product(product, _) => product,
                // And then the end says that something is missing.
                item if self.is_nameless(item) && matches!(reading.end, Ok(End::Partial)) => continue,
                other => return Err(Finding::new(format!("product {id} did not come: {other:?}"))),
            };
            let Some(wanted) = missing.remove(id) else {
                return Err(Finding::new(format!("product {id} came twice, or is none of the shop's")));
            };
            self.product(wanted, product, &mut pictures)
                .map_err(|finding| finding.at(&format!("product {id}, {:?}", wanted.name.default)))?;
        }
        let lost: Vec<_> = missing.iter().filter(|(_, product)| !spared.contains(&product.key)).collect();
        ensure(lost.is_empty(), || {
            let ids: Vec<&str> = lost.iter().take(10).map(|(id, _)| id.as_str()).collect();
            format!("{} products never came, among them {}", lost.len(), ids.join(", "))
        })
    }

    /// Whether it is told of a product as a whole that nobody can name: one that has lost its id.
    pub(crate) fn is_nameless(&self, item: &Item) -> bool {
        let is_known = |id| self.catalogue.products.iter().any(|product| self.product_id(product) == id);
        matches!(item, Item::Reject(reject) if reject.variant.is_none() && !is_known(reject.product.as_str()))
    }

    /// The shop's categories are these.
    pub(crate) fn categories(&self, tree: &CategoryTree) -> Verdict {
        let came: BTreeSet<String> =
            tree.iter().filter_map(|category| tree.printed_path(&category.id)).collect();
        let wanted: BTreeSet<String> =
            self.catalogue.categories.iter().map(|category| self.category_path(category.key)).collect();
        ensure(came == wanted, || format!("the shop's categories are {wanted:?}, and came as {came:?}"))
    }

    /// The id of a product that the shop holds.
    pub(crate) fn product_id(&self, product: &goods::Product) -> String {
        self.shop.ids(product.key, product.variants.first().map_or(0, |variant| variant.key)).0
    }

    fn product(&self, wanted: &goods::Product, came: &Product, pictures: &mut Pictures) -> Verdict {
        let text = |texts: &'a goods::Texts| texts.read_in(self.tongue);
        // What belongs to the catalogue outlives this, what was asked for does not: hence by key.
        let known =
            self.catalogue.product(wanted.key).ok_or_else(|| Finding::new("it is not in the catalogue"))?;
        let name = Name::new(text(&known.name)).map(|name| name.as_str().to_owned()).unwrap_or_default();
        same("name", &name.as_str(), &came.name().as_str())?;
        same(
            "description",
            &Markdown::from_html(text(&known.description)).as_str(),
            &came.description().as_str(),
        )?;
        same("brief", &Line::from_html(text(&known.brief)).as_str(), &came.brief().as_str())?;
        if let Some(tree) = self.tree {
            let path = |id| {
                tree.printed_path(id).unwrap_or_else(|| format!("a category {id} that is not in the tree"))
            };
            let came: Vec<String> = came.categories().iter().map(path).collect();
            let wanted: Vec<String> = known.categories.iter().map(|key| self.category_path(*key)).collect();
            same("categories", &wanted, &came)?;
        }
        // A catalogue holds no families of several products.
        same("family", &None, &came.family())?;
        let mut missing: BTreeMap<String, &goods::Variant> =
            known.variants.iter().map(|variant| (self.shop.ids(known.key, variant.key).1, variant)).collect();
        for variant in came.variants() {
            let id = variant.id.as_str();
            let Some(wanted) = missing.remove(id) else {
                return Err(Finding::new(format!("variant {id} is none of the product's")));
            };
            self.variant(known, wanted, variant, pictures)
                .map_err(|finding| finding.at(&format!("variant {id}")))?;
        }
        let lost: Vec<&str> = missing.keys().take(10).map(String::as_str).collect();
        ensure(lost.is_empty(), || format!("{} variants never came: {}", missing.len(), lost.join(", ")))
    }

    fn variant(
        &self,
        product: &goods::Product,
        wanted: &goods::Variant,
        came: &Variant,
        pictures: &mut Pictures,
    ) -> Verdict {
        same("SKU", &Sku::parse(&wanted.sku).ok().flatten(), &came.sku)?;
        same("EAN", &Ean::parse(&wanted.ean).ok().flatten(), &came.ean)?;
        same("net price", &NetPrice::new(Money::new(wanted.net, Currency::PLN)).ok(), &Some(came.price))?;
        same("VAT", &VatRate::percent(product.vat).ok(), &Some(came.vat))?;
        let level = |stock: StockLevel| stock.quantity().map(|quantity| quantity.normalize());
        same("stock", &level(wanted.stock), &level(came.stock))?;
        same("for sale", &product.for_sale, &came.for_sale)?;
        same("attributes", &self.attributes(wanted), &came.attributes)?;
        let shown = if wanted.pictures.is_empty() { &product.pictures } else { &wanted.pictures };
        let identities: Vec<&str> = came.images.iter().map(ImageRef::identity).collect();
        pictures.compare(shown, &identities)
    }

    fn attributes(&self, variant: &goods::Variant) -> Attributes {
        let named = variant.choices.iter().filter_map(|(option, value)| {
            let option = self.catalogue.options.iter().find(|known| known.key == *option)?;
            let value = option.values.iter().find(|known| known.key == *value)?;
            let text = |texts: &goods::Texts| Name::new(texts.read_in(self.tongue)).ok();
            Some((text(&option.name)?, text(&value.name)?))
        });
        Attributes::new(named.collect::<Vec<_>>()).0
    }

    /// The names of a category and of those above it, as a tree prints them.
    pub(crate) fn category_path(&self, key: u32) -> String {
        let mut names = Vec::new();
        let mut next = Some(key);
        while let Some(category) =
            next.and_then(|key| self.catalogue.categories.iter().find(|known| known.key == key))
        {
            names.insert(0, category.name.read_in(self.tongue));
            next = category.parent;
        }
        names.join(gateway_core::model::TREE_SEPARATOR)
    }
}

/// The product that an item is about.
pub(crate) fn product_of(item: &Item) -> &str {
    match item {
        Item::Product(product, _) => product.id().as_str(),
        Item::Reject(reject) => reject.product.as_str(),
        Item::Skipped(skip) => skip.product.as_str(),
        Item::End(_) => "",
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, wanted: &T, came: &T) -> Verdict {
    let short = |value: &T| {
        let text = format!("{value:?}");
        if text.chars().count() > 300 { text.chars().take(300).chain(['…']).collect() } else { text }
    };
    ensure(wanted == came, || format!("its {what} is {}, and came as {}", short(wanted), short(came)))
}

/// Which identity each picture came with: one picture has one, and two have two.
#[derive(Default)]
struct Pictures {
    identities: HashMap<u32, String>,
    keys: HashMap<String, u32>,
}

impl Pictures {
    fn compare(&mut self, wanted: &[u32], came: &[&str]) -> Verdict {
        ensure(wanted.len() == came.len(), || {
            format!("it has {} pictures, and came with {}: {}", wanted.len(), came.len(), came.join(", "))
        })?;
        for (key, identity) in wanted.iter().zip(came) {
            let known = self.identities.entry(*key).or_insert_with(|| (*identity).to_owned());
            let owner = *self.keys.entry((*identity).to_owned()).or_insert(*key);
            ensure(known == identity && owner == *key, || {
                format!(
                    "its picture {key} came as {identity:?}, which is picture {owner}, and before as {known:?}"
                )
            })?;
        }
        Ok(())
    }
}
