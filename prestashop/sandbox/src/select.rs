//! Which entities a request asks for, and which of their fields.

use std::cmp::Ordering;

use crate::Version;
use crate::answer::Fault;
use crate::query::{Condition, Limit, Query, bracketed, compare, integer};
use crate::render::Sheet;
use crate::rows::{Row, View};
use crate::schema::{Field, Kind, Resource};

/// What a request asks for, checked.
pub(crate) struct Selection {
    resource: &'static Resource,
    /// One entity, by its id.
    id: Option<u32>,
    conditions: Vec<(&'static Field, Condition)>,
    sort: Vec<(&'static Field, bool)>,
    limit: Option<Limit>,
    fields: Option<Vec<&'static Field>>,
    associations: bool,
    prices: Vec<usize>,
    language: Option<usize>,
}

fn names(fields: impl Iterator<Item = &'static Field>) -> Vec<&'static str> {
    fields.map(|field| field.name).collect()
}

fn unknown_filter(resource: &'static Resource, name: &str, dates: bool, version: Version) -> Fault {
    let fields = resource.fields(version).filter(|field| match field.kind {
        Kind::Multi => false,
        Kind::Date => dates,
        Kind::Plain | Kind::Computed => true,
    });
    Fault(32, format!("This filter does not exist. {}", suggest(name, &names(fields))))
}

/// "Did you mean", with the name that is nearest, and all there are.
pub(crate) fn suggest(name: &str, all: &[&str]) -> String {
    let nearest = all.iter().min_by_key(|known| distance(name, known)).copied().unwrap_or_default();
    let quoted: Vec<String> = all.iter().map(|name| format!("\"{name}\"")).collect();
    format!("Did you mean: \"{nearest}\"? The full list is: {}", quoted.join(", "))
}

/// How many letters have to be put in, taken out or changed to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut next = vec![index + 1];
        for (column, wanted) in other.iter().enumerate() {
            let at = |place: usize| row.get(place).copied().unwrap_or(0);
            let changed = at(column) + usize::from(letter != *wanted);
            let added = next.last().copied().unwrap_or(0) + 1;
            next.push(changed.min(at(column + 1) + 1).min(added));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

impl Selection {
    /// Reads what a request asks for. `rest` is the path behind the resource; of it only the number that it begins with
    /// counts.
    pub(crate) fn parse(
        resource: &'static Resource,
        rest: Option<&str>,
        query: &Query,
        view: &View<'_>,
    ) -> Result<Self, Vec<Fault>> {
        let version = view.options.version;
        let dates = query.is_on("date");
        let id = rest.filter(|rest| !rest.is_empty()).map(|rest| u32::try_from(integer(rest)).unwrap_or(0));
        let language = language(query, view)?;
        let mut selection = Self {
            resource,
            id,
            conditions: Vec::new(),
            sort: Vec::new(),
            limit: query.limit(),
            fields: None,
            associations: false,
            prices: Vec::new(),
            language,
        };
        for (name, filter) in query.filters() {
            let field = resource.field(name, version).filter(|field| dates || field.kind != Kind::Date);
            let Some(field) = field else { return Err(vec![unknown_filter(resource, name, dates, version)]) };
            if field.kind == Kind::Computed {
                let message = format!(
                    "The field \"{name}\" is dynamic. It is not possible to filter GET query with this field."
                );
                return Err(vec![Fault(34, message)]);
            }
            selection.conditions.push((field, Condition::parse(filter)));
        }
        for (name, down) in query.sort() {
            let field = resource.field(&name, version).filter(|field| dates || field.kind != Kind::Date);
            let Some(field) = field else {
                let known = names(resource.fields(version).filter(|field| dates || field.kind != Kind::Date));
                let message = format!(
                    "Unable to filter by this field. However, these are available: {}",
                    known.join(", ")
                );
                return Err(vec![Fault(38, message)]);
            };
            selection.sort.push((field, down));
        }
        selection.display(query, view)?;
        Ok(selection)
    }

    fn display(&mut self, query: &Query, view: &View<'_>) -> Result<(), Vec<Fault>> {
        let (resource, version) = (self.resource, view.options.version);
        let every_price = || {
            let new = view
                .prices
                .iter()
                .enumerate()
                .filter(|(_, price)| resource.field(&price.name, version).is_none());
            new.map(|(index, _)| index).collect()
        };
        let available = || names(resource.fields(version)).join(", ");
        match query.get("display") {
            None if self.id.is_none() => {}
            None | Some("full") => {
                self.fields = Some(resource.fields(version).collect());
                self.associations = true;
                self.prices = every_price();
            }
            Some(display) => {
                let Some(list) = bracketed(display) else {
                    let message = format!(
                        "The 'display' syntax is wrong. You can set 'full' or '[field_1,field_2,field_3,...]'. \
                         These are available: {}",
                        available()
                    );
                    return Err(vec![Fault(36, message)]);
                };
                let wanted: Vec<&str> = list.split(',').map(str::trim).collect();
                let price = |name: &str| view.prices.iter().position(|price| price.name == name);
                for name in &wanted {
                    if resource.field(name, version).is_none() && price(name).is_none() {
                        let message = format!(
                            "Unable to display this field \"{name}\". However, these are available: {}",
                            available()
                        );
                        return Err(vec![Fault(35, message)]);
                    }
                }
                // In the order of the resource, not in that of the list.
                let fields = resource.fields(version).filter(|field| wanted.contains(&field.name));
                self.fields = Some(fields.collect());
                let shown = wanted.iter().filter(|name| resource.field(name, version).is_none());
                self.prices = shown.filter_map(|name| price(name)).collect();
            }
        }
        Ok(())
    }

    /// The entities; `None` when the one that was asked for is not there.
    pub(crate) fn rows(&self, view: &View<'_>) -> Option<Vec<Box<dyn Row>>> {
        if let Some(id) = self.id {
            return view.row(self.resource, id).map(|row| vec![row]);
        }
        let (offset, count) = match self.limit {
            Some(limit) => {
                let size = |number: i64| usize::try_from(number).unwrap_or(0);
                (size(limit.offset), size(limit.count))
            }
            None => (0, usize::MAX),
        };
        let matches = |row: &dyn Row| {
            self.conditions.iter().all(|(field, condition)| {
                view.value(row, field).texts().iter().any(|text| condition.holds(text))
            })
        };
        let order = self.order();
        // Goods that are left out of a deep page without conditions are not even made.
        let skipped = if order.is_empty() && self.conditions.is_empty() && self.resource.name == "products" {
            offset
        } else {
            0
        };
        let offset = offset - skipped;
        let found = self.candidates(view).skip(skipped).filter_map(|id| view.row(self.resource, id));
        let found = found.filter(|row| matches(row.as_ref()));
        let rows: Vec<Box<dyn Row>> = match order.as_slice() {
            [] => found.skip(offset).take(count).collect(),
            order => {
                let keys = |row: &dyn Row| -> Vec<String> {
                    let key =
                        |field: &&Field| view.value(row, field).texts().first().map(ToString::to_string);
                    order.iter().map(|(field, _)| key(field).unwrap_or_default()).collect()
                };
                let mut keyed: Vec<(Vec<String>, u32)> =
                    found.map(|row| (keys(row.as_ref()), row.id())).collect();
                keyed.sort_by(|(one, one_id), (other, other_id)| {
                    let pairs = one.iter().zip(other).zip(order);
                    let unequal = pairs.map(|((one, other), (_, down))| {
                        let order = compare(one, other);
                        if *down { order.reverse() } else { order }
                    });
                    unequal.fold(Ordering::Equal, Ordering::then).then(one_id.cmp(other_id))
                });
                let ids = keyed.into_iter().skip(offset).take(count);
                ids.filter_map(|(_, id)| view.row(self.resource, id)).collect()
            }
        };
        Some(rows)
    }

    /// What is sorted by; nothing for ascending ids. Without a wish, a filter on a date sorts by that date.
    fn order(&self) -> Vec<(&'static Field, bool)> {
        match self.sort.as_slice() {
            [] => {
                let dates =
                    self.conditions.iter().map(|(field, _)| *field).filter(|field| field.kind == Kind::Date);
                dates.map(|field| (field, false)).collect()
            }
            [(field, false), ..] if field.name == "id" => Vec::new(),
            sort => sort.to_vec(),
        }
    }

    /// The ids among which the entities are: as few as the conditions on ids allow.
    fn candidates<'a>(&self, view: &'a View<'a>) -> Box<dyn Iterator<Item = u32> + 'a> {
        let condition = |name: &str| self.conditions.iter().find(|(field, _)| field.name == name);
        let id = condition("id").map(|(_, condition)| condition);
        if let Some(ids) = id.and_then(Condition::ids) {
            return Box::new(ids.into_iter());
        }
        let of_products = condition("id_product").map(|(_, condition)| condition);
        let between = |(from, to)| view.store.product_ids(from).take_while(move |id| *id <= to).collect();
        let named = |condition: &Condition| condition.ids().or_else(|| condition.bounds().map(between));
        if let Some(products) = of_products.and_then(named) {
            let of_product = |product: u32| view.ids_of_product(self.resource, product);
            let ids: Option<Vec<Vec<u32>>> = products.into_iter().map(of_product).collect();
            if let Some(ids) = ids {
                let mut ids = ids.concat();
                ids.sort_unstable();
                return Box::new(ids.into_iter());
            }
        }
        view.ids(self.resource, id.map_or(0, Condition::least_id))
    }

    /// How the entities are to be shown.
    pub(crate) fn sheet<'a>(self, view: &'a View<'a>, query: &Query) -> Sheet<'a> {
        let single = self.id.is_some() && query.get("display").is_none();
        Sheet {
            view,
            resource: self.resource,
            fields: self.fields,
            prices: self.prices,
            associations: self.associations,
            language: self.language,
            single,
            written: false,
            unset: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Whether more than the id is shown.
    pub(crate) fn shows_more_than_ids(&self) -> bool {
        self.fields.as_ref().is_some_and(|fields| fields.iter().any(|field| field.name != "id"))
    }

    /// Whether this field is shown.
    pub(crate) fn shows(&self, name: &str) -> bool {
        self.fields.as_ref().is_some_and(|fields| fields.iter().any(|field| field.name == name))
    }
}

/// `language=N`; or `language=[N|M]`, of which the languages that are not there are passed over. With several that are,
/// all of the shop's are shown.
fn language(query: &Query, view: &View<'_>) -> Result<Option<usize>, Vec<Fault>> {
    let Some(wanted) = query.get("language") else { return Ok(None) };
    let list = bracketed(wanted);
    let missing = Fault(81, "language is not available".to_owned());
    let mut places = Vec::new();
    for one in list.unwrap_or(wanted).split(['|', ',']) {
        let Ok(id) = one.parse::<u32>() else {
            return Err(vec![Fault(79, "language value is wrong".to_owned()), missing]);
        };
        let place = view.options.languages.iter().position(|language| language.id == id);
        places.extend(place);
    }
    if places.is_empty() {
        return Err(vec![missing]);
    }
    Ok(if let [one] = places.as_slice() { Some(*one) } else { None })
}
