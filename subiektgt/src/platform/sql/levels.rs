//! How much there is of goods and kits.

use std::collections::HashMap;

use connector::StockItem;
use gateway_core::model::{StockLevel, VariantId};
use rust_decimal::Decimal;
use tiberius::Row;

use super::AT_ONCE;
use super::opened::Opened;
use crate::mapping::{GOODS, KIT, goods, has_no_level, levels as mapped};
use crate::sql::{Asked, Database, Failure, Parameter, in_list, statements};
use crate::wire::rows::{Cells, Component, Level};

/// Goods whose levels are read at once.
const PAGE: i32 = 5000;

/// How much there is of a good, or why nobody can tell.
type Told = Result<Decimal, String>;

/// What is stocked, by the goods' ids; of some it cannot be read.
type Stocked = HashMap<i32, Option<Level>>;

/// Why nobody can tell how much there is of a good whose level is no number.
const UNREADABLE: &str = "its level in the database cannot be read";

/// The levels of goods, page by page.
pub(super) struct Levels<'a> {
    database: &'a Database,
    opened: &'a Opened,
    wanted: Wanted,
}

enum Wanted {
    /// All behind this id.
    Behind(i32),
    These(Vec<i32>),
}

impl<'a> Levels<'a> {
    /// Of all goods.
    pub(super) fn of_all(database: &'a Database, opened: &'a Opened) -> Self {
        Self { database, opened, wanted: Wanted::Behind(i32::MIN) }
    }

    /// Of these goods.
    pub(super) fn of(database: &'a Database, opened: &'a Opened, ids: Vec<i32>) -> Self {
        Self { database, opened, wanted: Wanted::These(ids) }
    }

    /// The next page; `None` at the end, which is a statement past the last good that finds nothing.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<StockItem>>, Failure> {
        let sieve = self.opened.reading.sieve;
        match &mut self.wanted {
            Wanted::Behind(behind) => {
                let behind = *behind;
                let parameters = [PAGE.into(), behind.into()];
                let rows = self.database.rows(&sieve.ids(), &parameters, Asked::Usually).await?;
                let kinds = kinds(&rows);
                let Some((last, _)) = kinds.last().copied() else { return Ok(None) };
                if last <= behind {
                    return Err(Failure::Server("the database answers with goods again".to_owned()));
                }
                self.wanted = Wanted::Behind(last);
                let stocked = between(self.database, self.opened, (behind, last)).await?;
                self.items(&kinds, &stocked).await.map(Some)
            }
            Wanted::These(ids) if ids.is_empty() => Ok(None),
            Wanted::These(ids) => {
                let here = ids.split_off(ids.len().saturating_sub(AT_ONCE));
                let parameters = in_list(&here);
                let rows =
                    self.database.rows(&sieve.ids_of(parameters.len()), &parameters, Asked::Usually).await?;
                let kinds = kinds(&rows);
                let stocked = named(self.database, self.opened, &goods_of(&kinds), Asked::Usually).await?;
                self.items(&kinds, &stocked).await.map(Some)
            }
        }
    }

    async fn items(
        &self,
        kinds: &[(i32, Option<i32>)],
        stocked: &Stocked,
    ) -> Result<Vec<StockItem>, Failure> {
        let kits: Vec<i32> = kinds.iter().filter(|(_, kind)| *kind == Some(KIT)).map(|(id, _)| *id).collect();
        let kits = of_kits(self.database, self.opened, &kits, Asked::Usually).await?;
        let item = |(id, kind): &(i32, Option<i32>)| {
            let told = match kind {
                Some(KIT) => kits.get(id).cloned()?,
                other => match has_no_level(*other) {
                    None => level(stocked.get(id).copied()),
                    Some(why) => Err(why),
                },
            };
            let (product, variant) = (goods::id(*id)?, VariantId::simple());
            Some(match told {
                Ok(level) => StockItem::Level { product, variant, level: StockLevel::Quantity(level) },
                Err(why) => StockItem::Unclear { product, variant: None, why },
            })
        };
        Ok(kinds.iter().filter_map(item).collect())
    }
}

/// How much there is of each of these goods, told with their kinds.
pub(super) async fn of(
    database: &Database,
    opened: &Opened,
    kinds: &[(i32, i32)],
    asked: Asked,
) -> Result<HashMap<i32, Told>, Failure> {
    let of_kind =
        |wanted| kinds.iter().filter(move |(_, kind)| *kind == wanted).map(|(id, _)| *id).collect::<Vec<_>>();
    let goods = of_kind(GOODS);
    let (stocked, kits) = (of_kind(GOODS), of_kind(KIT));
    let (stocked, kits) = futures::try_join!(
        named(database, opened, &stocked, asked),
        of_kits(database, opened, &kits, asked)
    )?;
    Ok(goods.iter().map(|id| (*id, level(stocked.get(id).copied()))).chain(kits).collect())
}

/// A good that no warehouse has ever had has no row there.
fn level(stocked: Option<Option<Level>>) -> Told {
    let level = stocked.unwrap_or_else(|| Some(Level::default())).ok_or_else(|| UNREADABLE.to_owned())?;
    mapped::available(level).ok_or_else(|| "its level has too many digits".to_owned())
}

fn kinds(rows: &[Row]) -> Vec<(i32, Option<i32>)> {
    rows.iter().filter_map(|row| Some((Cells(row).id(0)?, Cells(row).id(1)))).collect()
}

fn goods_of(kinds: &[(i32, Option<i32>)]) -> Vec<i32> {
    kinds.iter().filter(|(_, kind)| *kind == Some(GOODS)).map(|(id, _)| *id).collect()
}

/// What is stocked of these goods.
async fn named(
    database: &Database,
    opened: &Opened,
    goods: &[i32],
    asked: Asked,
) -> Result<Stocked, Failure> {
    let mut levels = HashMap::new();
    for goods in goods.chunks(AT_ONCE) {
        let mut parameters = in_list(goods);
        let statement = statements::levels_of(parameters.len(), opened.warehouses.len());
        parameters.extend(opened.warehouses.iter().copied().map(Parameter::from));
        levels.extend(database.rows(&statement, &parameters, asked).await?.iter().filter_map(stocked));
    }
    Ok(levels)
}

/// What is stocked of all goods behind one id up to another.
async fn between(
    database: &Database,
    opened: &Opened,
    (behind, last): (i32, i32),
) -> Result<Stocked, Failure> {
    let statement = statements::levels_between(opened.warehouses.len());
    let warehouses = opened.warehouses.iter().copied();
    let parameters: Vec<Parameter> =
        [behind, last].into_iter().chain(warehouses).map(Parameter::from).collect();
    Ok(database.rows(&statement, &parameters, Asked::Usually).await?.iter().filter_map(stocked).collect())
}

/// A sum of which nothing is told is one of nothing; none that cannot be read.
fn stocked(row: &Row) -> Option<(i32, Option<Level>)> {
    let amount = |at| Cells(row).decimal(at).ok().map(Option::unwrap_or_default);
    let level = || Some(Level { on_hand: amount(1)?, reserved: amount(2)? });
    Some((Cells(row).id(0)?, level()))
}

/// How many can be put together of these kits.
async fn of_kits(
    database: &Database,
    opened: &Opened,
    kits: &[i32],
    asked: Asked,
) -> Result<HashMap<i32, Told>, Failure> {
    if !opened.rights.kits {
        let untold = || Err("nobody may read what it is made of".to_owned());
        return Ok(kits.iter().map(|kit| (*kit, untold())).collect());
    }
    let mut made_of: HashMap<i32, Vec<Component>> = kits.iter().map(|kit| (*kit, Vec::new())).collect();
    for kits in kits.chunks(AT_ONCE) {
        let parameters = in_list(kits);
        let statement = statements::components_of(parameters.len());
        for row in database.rows(&statement, &parameters, asked).await? {
            let row = Cells(&row);
            let component = row.id(1).map(|good| Component {
                good,
                count: row.decimal(2).ok().flatten(),
                kind: row.id(3),
                is_deleted: row.bit(4).ok().flatten().unwrap_or(false),
            });
            if let (Some(kit), Some(component)) = (row.id(0).and_then(|kit| made_of.get_mut(&kit)), component)
            {
                kit.push(component);
            }
        }
    }
    let mut goods: Vec<i32> = made_of.values().flatten().map(|component| component.good).collect();
    goods.sort_unstable();
    goods.dedup();
    let stocked = named(database, opened, &goods, asked).await?;
    let levels: HashMap<i32, Level> =
        stocked.iter().filter_map(|(good, level)| Some((*good, (*level)?))).collect();
    let is_unreadable = |component: &Component| stocked.get(&component.good).is_some_and(Option::is_none);
    let told = |components: &[Component]| match components.iter().find(|component| is_unreadable(component)) {
        Some(component) => Err(format!("the level of its component {} cannot be read", component.good)),
        None => mapped::of_kit(components, &levels),
    };
    Ok(made_of.into_iter().map(|(kit, components)| (kit, told(&components))).collect())
}
