//! What is looked up for each product: VAT rates, option values.

use std::collections::HashMap;
use std::str::FromStr as _;

use gateway_core::model::{Attributes, Name, VatRate};
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
