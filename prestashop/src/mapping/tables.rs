//! What is looked up for each product: VAT rates, option values, stock levels.

use std::collections::{HashMap, HashSet};
use std::str::FromStr as _;

use gateway_core::model::{Attributes, Name, RejectReason, StockLevel, VatRate};
use rust_decimal::Decimal;

use super::in_language;
use crate::wire;

/// VAT rates by tax rules group, in one country.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VatTable(HashMap<String, VatRate>);

impl VatTable {
    /// From the rules of the shop's country and the taxes they name. Rules for a state or a zip code are exceptions,
    /// and a group whose rules are combined has no one rate.
    #[must_use]
    pub fn from_rules(rules: &[wire::TaxRule], taxes: &[wire::Tax], country: &str) -> Self {
        let rates: HashMap<&str, VatRate> = taxes
            .iter()
            .filter(|tax| tax.active.is_on(true) && !tax.deleted.is_on(false))
            .filter_map(|tax| Some((tax.id.id()?, rate(tax.rate.text()?)?)))
            .collect();
        let mut found: HashMap<String, Vec<(VatRate, bool)>> = HashMap::new();
        for rule in rules.iter().filter(|rule| rule.id_country.id() == Some(country)) {
            if rule.id_state.id().is_some() || rule.zipcode_from.id().is_some() {
                continue;
            }
            if let Some(group) = rule.id_tax_rules_group.id()
                && let Some(rate) = rule.id_tax.id().and_then(|tax| rates.get(tax))
            {
                found.entry(group.to_owned()).or_default().push((*rate, rule.behavior.is_on(false)));
            }
        }
        let one_rate = |rules: Vec<(VatRate, bool)>| match rules.as_slice() {
            [(rate, _)] => Some(*rate),
            [(first, false), ..] => Some(*first),
            _ => None,
        };
        Self(found.into_iter().filter_map(|(group, rules)| Some((group, one_rate(rules)?))).collect())
    }

    /// From the groups' names, such as "PL Standard Rate (23%)", for a key that may not read the rules.
    #[must_use]
    pub fn from_group_names(groups: &[wire::Named]) -> Self {
        let named = groups.iter().filter_map(|group| {
            let wire::Localised::Plain(name) = &group.name else { return None };
            Some((group.id.id()?.to_owned(), rate_in_name(name)?))
        });
        Self(named.collect())
    }

    /// The rate of a group; `None` for group 0, which is "no tax", and for those that tell no rate here.
    #[must_use]
    pub fn get(&self, group: &wire::Scalar) -> Option<VatRate> {
        self.0.get(group.id()?).copied()
    }
}

fn rate(text: &str) -> Option<VatRate> {
    VatRate::percent(Decimal::from_str(text).ok()?).ok()
}

/// The number before the last percent sign.
fn rate_in_name(name: &str) -> Option<VatRate> {
    let (before, _) = name.rsplit_once('%')?;
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let digits: String = before.trim_end().chars().rev().take_while(|c| is_part(*c)).collect();
    let digits: String = digits.chars().rev().map(|c| if c == ',' { '.' } else { c }).collect();
    rate(digits.trim_start_matches('.'))
}

/// What variants differ in: for each option value its option's name and its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionTable(HashMap<String, OptionValue>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct OptionValue {
    option: Name,
    position: u32,
    value: Name,
}

impl OptionTable {
    /// From options and their values. Option names are those that shoppers see.
    #[must_use]
    pub fn new(
        options: &[wire::ProductOption],
        values: &[wire::ProductOptionValue],
        language: &str,
        default_language: &str,
    ) -> Self {
        let text =
            |texts: &wire::Localised| in_language(texts, language, default_language).map(str::to_owned);
        let options: HashMap<&str, (Name, u32)> = options
            .iter()
            .filter_map(|option| {
                let name = text(&option.public_name).or_else(|| text(&option.name))?;
                let position = option.position.text().and_then(|text| text.parse().ok()).unwrap_or(u32::MAX);
                Some((option.id.id()?, (Name::new(&name).ok()?, position)))
            })
            .collect();
        let known = values.iter().filter_map(|value| {
            let (option, position) = options.get(value.id_attribute_group.id()?)?;
            let name = Name::new(&text(&value.name)?).ok()?;
            Some((
                value.id.id()?.to_owned(),
                OptionValue { option: option.clone(), position: *position, value: name },
            ))
        });
        Self(known.collect())
    }

    /// The attributes of a combination, in the order of the shop's options; what had to be dropped because an option is
    /// there twice; or the id of a value that nobody knows.
    pub(super) fn attributes(&self, values: &wire::Ids) -> Result<(Attributes, Vec<(Name, Name)>), String> {
        let mut found: Vec<&OptionValue> =
            values.iter().map(|id| self.0.get(id).ok_or_else(|| id.to_owned())).collect::<Result<_, _>>()?;
        found.sort_by_key(|value| value.position);
        Ok(Attributes::new(found.into_iter().map(|value| (value.option.clone(), value.value.clone()))))
    }
}

/// Stock levels by product and combination, as told for the goods of one page.
#[derive(Clone, Debug, Default)]
pub struct StockTable {
    rows: HashMap<(String, String), Row>,
    /// Products of which a row does not say which of their combinations, or which shop, it is about.
    unclear: HashSet<String>,
    /// Whether a row does not even say which product it is about.
    is_unclear: bool,
}

#[derive(Clone, Debug)]
struct Row {
    /// Whether it is the shop's own, and not one that shops of a group share.
    is_own: bool,
    quantity: Option<Decimal>,
}

/// Which of a `PrestaShop`'s shops is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShopIds {
    /// The shop.
    pub shop: Option<String>,
    /// Its group.
    pub group: Option<String>,
}

impl ShopIds {
    /// How near a row is to the shop: 3 its own, 2 its group's, 1 everybody's; `None` for another shop's or group's.
    #[must_use]
    pub fn nearness(&self, shop: &wire::Scalar, group: &wire::Scalar) -> Option<u8> {
        match (shop.id(), group.id()) {
            (Some(id), _) => (self.shop.as_deref() == Some(id)).then_some(3),
            (None, Some(id)) => (self.group.as_deref() == Some(id)).then_some(2),
            (None, None) => Some(1),
        }
    }
}

impl StockTable {
    /// From the rows of `stock_availables`: the shop's own, else those that the shops of its group share.
    #[must_use]
    pub fn new(rows: &[wire::StockAvailable], ids: &ShopIds) -> Self {
        let mut table = Self::default();
        for row in rows {
            let Some(product) = row.id_product.id().filter(|_| row.id_product.is_id()) else {
                table.is_unclear = true;
                continue;
            };
            if !row.id_product_attribute.is_id() || !is_id_or_nothing(&row.id_shop) {
                table.unclear.insert(product.to_owned());
                continue;
            }
            let Some(nearness) = ids.nearness(&row.id_shop, &row.id_shop_group) else { continue };
            let combination = row.id_product_attribute.text().unwrap_or("0");
            let quantity = row.quantity.text().and_then(|text| Decimal::from_str(text).ok());
            let new = Row { is_own: nearness > 2, quantity };
            let key = (product.to_owned(), combination.to_owned());
            if table.rows.get(&key).is_none_or(|old| !old.is_own && new.is_own) {
                table.rows.insert(key, new);
            }
        }
        table
    }

    /// The level of a variant, its sign kept. A variant without a row has none in stock: that is how the shop reads it. But
    /// not when there is a row that does not say whose it is, because that may be the variant's.
    pub(super) fn level(&self, product: &str, combination: &str) -> Result<StockLevel, RejectReason> {
        let broken = |found| Err(RejectReason::broken("stock_availables", found));
        match self.rows.get(&(product.to_owned(), combination.to_owned())) {
            Some(Row { quantity: Some(quantity), .. }) => Ok(StockLevel::Quantity(*quantity)),
            Some(Row { quantity: None, .. }) => broken("a quantity that is no number"),
            None if self.is_unclear || self.unclear.contains(product) => {
                broken("a row that does not say whose stock it is")
            }
            None => Ok(StockLevel::Quantity(Decimal::ZERO)),
        }
    }
}

/// A shop is told by its id, or with `0` or nothing where its whole group is meant.
fn is_id_or_nothing(id: &wire::Scalar) -> bool {
    id.is_id() || id.text().is_none()
}
