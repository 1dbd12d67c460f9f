//! What a request asks for: its query, taken apart as PHP does.

use rust_decimal::Decimal;

/// A request's query.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

/// A `price[NAME][..]` parameter.
#[derive(Clone, Debug)]
pub(crate) struct Price {
    /// Lower-cased.
    pub(crate) name: String,
    /// 0: none was named.
    pub(crate) combination: u32,
    pub(crate) tax: bool,
    pub(crate) reduction: bool,
    pub(crate) decimals: u32,
}

/// `limit`: how many rows to leave out, how many to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) offset: i64,
    pub(crate) count: i64,
}

impl Query {
    pub(crate) fn parse(query: &str) -> Self {
        Self { pairs: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect() }
    }

    /// The last value of a parameter, as PHP takes it.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `filter[NAME]=VALUE`
    pub(crate) fn filters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().filter_map(|(key, value)| {
            let name = key.strip_prefix("filter[")?.strip_suffix(']')?;
            Some((name, value.as_str()))
        })
    }

    /// `sort=[a_ASC,b_DESC]`: the fields and whether they go down. Without brackets it is ignored.
    pub(crate) fn sort(&self) -> Vec<(String, bool)> {
        let Some(list) = self.get("sort").and_then(bracketed) else { return Vec::new() };
        let key = |part: &str| match part.rsplit_once('_') {
            Some((name, "DESC")) => (name.to_owned(), true),
            Some((name, "ASC")) => (name.to_owned(), false),
            _ => (part.to_owned(), false),
        };
        list.split(',').map(|part| key(part.trim())).collect()
    }

    /// `limit=COUNT` or `limit=OFFSET,COUNT`.
    pub(crate) fn limit(&self) -> Option<Limit> {
        let limit = self.get("limit")?;
        Some(match limit.split_once(',') {
            Some((offset, count)) => Limit { offset: integer(offset), count: integer(count) },
            None => Limit { offset: 0, count: integer(limit) },
        })
    }

    /// `price[NAME][PARAMETER]=VALUE`, gathered by name.
    pub(crate) fn prices(&self) -> Vec<Price> {
        let mut prices: Vec<Price> = Vec::new();
        for (key, value) in &self.pairs {
            let parts = key.strip_prefix("price[").and_then(|rest| rest.strip_suffix(']')?.split_once("]["));
            let Some((name, parameter)) = parts else { continue };
            let name = name.to_lowercase();
            let index = prices.iter().position(|price| price.name == name).unwrap_or(prices.len());
            if index == prices.len() {
                prices.push(Price { name, combination: 0, tax: true, reduction: true, decimals: 2 });
            }
            let Some(price) = prices.get_mut(index) else { continue };
            let number = integer(value);
            match parameter {
                "product_attribute" => price.combination = u32::try_from(number).unwrap_or(0),
                "use_tax" => price.tax = number != 0,
                "use_reduction" => price.reduction = number != 0,
                "decimals" => price.decimals = u32::try_from(number).unwrap_or(2).min(6),
                _ => {}
            }
        }
        prices
    }

    /// Whether a parameter is there and a number other than 0.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| integer(value) != 0)
    }
}

/// What stands in square brackets.
pub(crate) fn bracketed(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.strip_suffix(']')
}

/// The integer that a text begins with, as PHP's conversion takes it; else 0.
pub(crate) fn integer(text: &str) -> i64 {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<i64>().map_or(0, |number| number * sign)
}

/// A condition on a field.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// One of these.
    Any(Vec<String>),
    Not(String),
    /// From, to; both inclusive.
    Between(String, String),
    Above(String),
    Below(String),
    Begins(String),
    Ends(String),
    Contains(String),
}

impl Condition {
    /// Reads `[a|b]`, `[a,b]`, `>[x]`, `<[x]`, `![x]`, `[x]%`, `%[x]`, `%[x]%`, or a plain value.
    pub(crate) fn parse(filter: &str) -> Self {
        let parts = filter.split_once('[').and_then(|(before, rest)| {
            let (inner, after) = rest.rsplit_once(']')?;
            Some((before, inner.to_owned(), after))
        });
        match parts {
            None => Self::Any(vec![filter.to_owned()]),
            Some(("%", inner, "%")) => Self::Contains(inner),
            Some(("%", inner, _)) => Self::Ends(inner),
            Some((_, inner, "%")) => Self::Begins(inner),
            Some((">", inner, _)) => Self::Above(inner),
            Some(("<", inner, _)) => Self::Below(inner),
            Some(("!", inner, _)) => Self::Not(inner),
            Some((_, inner, _)) if inner.contains('|') => {
                Self::Any(inner.split('|').map(str::to_owned).collect())
            }
            Some((_, inner, _)) => match inner.split_once(',') {
                Some((from, to)) if is_measure(from) && is_measure(to) => {
                    Self::Between(from.trim().to_owned(), to.trim().to_owned())
                }
                _ => Self::Any(vec![inner]),
            },
        }
    }

    /// Whether a value satisfies it, as the database's case-blind comparison sees it.
    pub(crate) fn holds(&self, value: &str) -> bool {
        let text = || value.to_lowercase();
        match self {
            Self::Any(wanted) => wanted.iter().any(|wanted| equal(value, wanted)),
            Self::Not(unwanted) => !equal(value, unwanted),
            Self::Between(from, to) => {
                compare(value, from) != std::cmp::Ordering::Less
                    && compare(value, to) != std::cmp::Ordering::Greater
            }
            Self::Above(bound) => compare(value, bound) == std::cmp::Ordering::Greater,
            Self::Below(bound) => compare(value, bound) == std::cmp::Ordering::Less,
            Self::Begins(start) => text().starts_with(&start.to_lowercase()),
            Self::Ends(end) => text().ends_with(&end.to_lowercase()),
            Self::Contains(part) => text().contains(&part.to_lowercase()),
        }
    }

    /// Of a condition on ids: the ids that it names, when it names some.
    pub(crate) fn ids(&self) -> Option<Vec<u32>> {
        let Self::Any(wanted) = self else { return None };
        let mut ids: Vec<u32> = wanted.iter().filter_map(|id| u32::try_from(integer(id)).ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }

    /// Of a condition on ids: the interval that it names, when it names one.
    pub(crate) fn bounds(&self) -> Option<(u32, u32)> {
        let Self::Between(from, to) = self else { return None };
        let bound = |bound: &str| u32::try_from(integer(bound).max(0)).unwrap_or(u32::MAX);
        Some((bound(from), bound(to)))
    }

    /// Of a condition on ids: the least id that can satisfy it.
    pub(crate) fn least_id(&self) -> u32 {
        let bound = match self {
            Self::Above(bound) => integer(bound).saturating_add(1),
            Self::Between(from, _) => integer(from),
            _ => 0,
        };
        u32::try_from(bound.max(0)).unwrap_or(u32::MAX)
    }
}

/// Numbers and dates, of which alone there are intervals.
fn is_measure(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ':' | '-' | ' ');
    !text.is_empty() && text.chars().all(fits)
}

fn equal(value: &str, wanted: &str) -> bool {
    if value == wanted {
        return true;
    }
    match amounts(value, wanted) {
        Some((one, other)) => one == other,
        None => value.to_lowercase() == wanted.to_lowercase(),
    }
}

/// By number where both are numbers, else by letters without regard to case.
pub(crate) fn compare(one: &str, other: &str) -> std::cmp::Ordering {
    match amounts(one, other) {
        Some((one, other)) => one.cmp(&other),
        None => one.to_lowercase().cmp(&other.to_lowercase()),
    }
}

/// Both as numbers. Long ones and those with a leading zero are codes, not numbers.
fn amounts(one: &str, other: &str) -> Option<(Decimal, Decimal)> {
    let amount = |text: &str| {
        let code = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
        if code || text.len() > 17 { None } else { text.parse::<Decimal>().ok() }
    };
    amount(one).zip(amount(other))
}
