//! The pages of goods, and what is done about one that fails.

use std::collections::{HashMap, HashSet};

use connector::PlatformError;
use connector::import::MOST_UNDELIVERABLE;
use tiberius::Row;

use super::levels;
use super::opened::Opened;
use crate::mapping::goods::Beside;
use crate::mapping::{GOODS, KIT};
use crate::sql::statements::{self, Reach};
use crate::sql::{Asked, Database, Failure, Parameter, in_list};
use crate::wire::rows::{Cells, Good, Picture};

/// Goods asked for in one statement.
pub(super) const PAGE: usize = 500;

/// Ids asked for in one statement.
const IDS: usize = 10_000;

/// Before every id.
const FIRST: i32 = i32::MIN;

/// The pages of goods. First come those in no model, then the members of models, model by model, so that they come together; what moved
/// from the one to the other while they were read comes at last.
pub(super) struct Pages<'a> {
    database: &'a Database,
    opened: &'a Opened,
    stage: Stage,
    /// Goods that are asked for at once: fewer, while there is one among them at which the database fails.
    most: usize,
    /// Goods that have come.
    came: HashSet<i32>,
    undeliverable: usize,
}

/// What is read next.
#[derive(Clone, Debug)]
enum Stage {
    /// Goods in no model, behind this id; all goods, where nobody may read models.
    Single { behind: i32 },
    /// Members of models, behind this model and id.
    Members { behind: (i32, i32) },
    /// Ids of goods behind this one, for those that have not come.
    Missed { behind: i32 },
    /// These, and then what is behind them.
    These { ids: Vec<i32>, then: Option<Box<Stage>> },
    /// Nothing.
    Over,
}

/// A page of goods, as far as the database delivers them.
#[derive(Default)]
pub(super) struct Page {
    pub(super) goods: Vec<(Good, Beside)>,
    /// Goods at which the database fails.
    pub(super) undeliverable: Vec<i32>,
    /// Goods that were asked for and are not there.
    pub(super) absent: Vec<i32>,
}

impl<'a> Pages<'a> {
    /// All goods.
    pub(super) fn of_all(database: &'a Database, opened: &'a Opened) -> Self {
        Self::at(database, opened, Stage::Single { behind: FIRST })
    }

    /// These goods.
    pub(super) fn of(database: &'a Database, opened: &'a Opened, ids: Vec<i32>) -> Self {
        Self::at(database, opened, Stage::These { ids, then: None })
    }

    fn at(database: &'a Database, opened: &'a Opened, stage: Stage) -> Self {
        Self { database, opened, stage, most: PAGE, came: HashSet::new(), undeliverable: 0 }
    }

    /// The next page; `None` at the end, which is a statement past the last good that finds nothing.
    pub(super) async fn next(&mut self) -> Result<Option<Page>, PlatformError> {
        loop {
            if self.undeliverable > MOST_UNDELIVERABLE {
                // More than a run bears, so nobody needs the rest, and the server is spared.
                return Ok(None);
            }
            let page = match self.stage.clone() {
                Stage::Single { behind } => {
                    let key = [Parameter::from(behind)];
                    let page = self.page(Reach::Single, &key).await?;
                    self.stage = match &page {
                        Some((_, (_, last))) if *last > behind => Stage::Single { behind: *last },
                        Some(_) => return Err(again()),
                        None if self.opened.reading.with_models => Stage::Members { behind: (FIRST, FIRST) },
                        None => Stage::Missed { behind: FIRST },
                    };
                    page.map(|(page, _)| page)
                }
                Stage::Members { behind } => {
                    let key = [Parameter::from(behind.0), behind.1.into()];
                    let page = self.page(Reach::Members, &key).await?;
                    self.stage = match &page {
                        Some((_, last)) if *last > behind => Stage::Members { behind: *last },
                        Some(_) => return Err(again()),
                        None => Stage::Missed { behind: FIRST },
                    };
                    page.map(|(page, _)| page)
                }
                Stage::Missed { behind } => {
                    self.missed(behind).await?;
                    None
                }
                Stage::These { ids, then } => Some(self.these(ids, then).await?),
                Stage::Over => return Ok(None),
            };
            if page.is_some() {
                return Ok(page);
            }
        }
    }

    /// A page behind a key, with the key of its last good; `None` where there is nothing behind it.
    async fn page(
        &mut self,
        reach: Reach,
        key: &[Parameter],
    ) -> Result<Option<(Page, (i32, i32))>, PlatformError> {
        let mut asked = Asked::Usually;
        loop {
            match self.load(reach, key, asked).await {
                Ok(None) => return Ok(None),
                Ok(Some((goods, last))) => {
                    self.most = (self.most * 2).min(PAGE);
                    return Ok(Some((Page { goods, ..Page::default() }, last)));
                }
                Err(failure) if !failure.may_be_of_one() => return Err(failure.of_run()),
                Err(failure) if self.most > 1 => {
                    tracing::warn!(
                        goods = self.most,
                        "a page of goods fails, asking for half of it: {}",
                        failure.what()
                    );
                    (self.most, asked) = (self.most / 2, Asked::AsAPart);
                }
                Err(failure) => {
                    tracing::warn!("a good cannot be had: {}", failure.what());
                    let statement = self.opened.reading.keys(reach);
                    let keys =
                        self.rows(&statement, 1, key, Asked::Usually).await.map_err(Failure::of_run)?;
                    let Some(last) = keys.first().map(key_of) else { return Ok(None) };
                    self.most = 2;
                    let undeliverable = self.lost(last.1);
                    return Ok(Some((Page { undeliverable, ..Page::default() }, last)));
                }
            }
        }
    }

    /// A good that cannot be had, unless it has come already.
    fn lost(&mut self, id: i32) -> Vec<i32> {
        let is_new = self.came.insert(id);
        self.undeliverable += usize::from(is_new);
        is_new.then_some(id).into_iter().collect()
    }

    async fn rows(
        &self,
        statement: &str,
        most: usize,
        key: &[Parameter],
        asked: Asked,
    ) -> Result<Vec<Row>, Failure> {
        let most = Parameter::from(i32::try_from(most).unwrap_or(i32::MAX));
        let parameters: Vec<Parameter> = std::iter::once(most).chain(key.iter().cloned()).collect();
        self.database.rows(statement, &parameters, asked).await
    }

    /// Goods behind a key with all that is told of them; `None` where there are none.
    async fn load(
        &mut self,
        reach: Reach,
        key: &[Parameter],
        asked: Asked,
    ) -> Result<Option<(Vec<(Good, Beside)>, (i32, i32))>, Failure> {
        let statement = self.opened.reading.goods(reach);
        let rows = self.rows(&statement, self.most, key, asked).await?;
        let goods: Vec<Good> = rows.iter().map(Good::read).collect();
        let last = goods
            .last()
            .map(|good| (good.model.clone().ok().flatten().unwrap_or(FIRST), good.id.unwrap_or(FIRST)));
        let Some(last) = last else { return Ok(None) };
        let goods = self.fresh(goods);
        let goods = self.with_beside(goods, asked).await?;
        self.came.extend(goods.iter().filter_map(|(good, _)| good.id));
        Ok(Some((goods, last)))
    }

    /// Those that have not come yet: a join may bring a good twice, and one may have moved while it was read.
    fn fresh(&self, goods: Vec<Good>) -> Vec<Good> {
        let mut here = HashSet::new();
        let mut is_fresh = |id| !self.came.contains(&id) && here.insert(id);
        goods.into_iter().filter(|good| good.id.is_none_or(&mut is_fresh)).collect()
    }

    /// The ids behind this one of goods that have not come, to be read next.
    async fn missed(&mut self, behind: i32) -> Result<(), PlatformError> {
        let statement = self.opened.reading.sieve.ids();
        let key = [Parameter::from(behind)];
        let rows = self.rows(&statement, IDS, &key, Asked::Usually).await.map_err(Failure::of_run)?;
        let ids: Vec<i32> = rows.iter().filter_map(|row| Cells(row).id(0)).collect();
        let Some(last) = ids.last().copied() else {
            self.stage = Stage::Over;
            return Ok(());
        };
        if last <= behind {
            return Err(again());
        }
        let missed: Vec<i32> = ids.into_iter().filter(|id| !self.came.contains(id)).collect();
        let then = Stage::Missed { behind: last };
        self.stage =
            if missed.is_empty() { then } else { Stage::These { ids: missed, then: Some(Box::new(then)) } };
        Ok(())
    }

    /// Some of these goods.
    async fn these(&mut self, mut ids: Vec<i32>, then: Option<Box<Stage>>) -> Result<Page, PlatformError> {
        let is_asked_for = then.is_none();
        let rest = ids.split_off(self.most.min(ids.len()));
        let read = self.load_these(&ids).await;
        let mut page = Page::default();
        match read {
            Ok(goods) => {
                self.most = (self.most * 2).min(PAGE);
                let came: HashSet<i32> = goods.iter().filter_map(|(good, _)| good.id).collect();
                // What was missed and is gone by now was deleted just now.
                page.absent = ids.iter().copied().filter(|id| is_asked_for && !came.contains(id)).collect();
                page.goods = goods;
            }
            Err(failure) if !failure.may_be_of_one() => return Err(failure.of_run()),
            Err(failure) => match ids.as_slice() {
                [id] => {
                    tracing::warn!(id, "a good cannot be had: {}", failure.what());
                    page.undeliverable = self.lost(*id);
                }
                _ => {
                    self.most = ids.len() / 2;
                    ids.extend(rest);
                    self.stage = Stage::These { ids, then };
                    return Ok(page);
                }
            },
        }
        self.stage = match (rest.is_empty(), then) {
            (false, then) => Stage::These { ids: rest, then },
            (true, Some(then)) => *then,
            (true, None) => Stage::Over,
        };
        Ok(page)
    }

    async fn load_these(&mut self, ids: &[i32]) -> Result<Vec<(Good, Beside)>, Failure> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let asked = if self.most == PAGE { Asked::Usually } else { Asked::AsAPart };
        let parameters = in_list(ids);
        let statement = self.opened.reading.goods(Reach::These(parameters.len()));
        let rows = self.database.rows(&statement, &parameters, asked).await?;
        let goods = self.fresh(rows.iter().map(Good::read).collect());
        let goods = self.with_beside(goods, asked).await?;
        self.came.extend(goods.iter().filter_map(|(good, _)| good.id));
        Ok(goods)
    }

    /// Goods with all that is told of them in other tables.
    async fn with_beside(&self, goods: Vec<Good>, asked: Asked) -> Result<Vec<(Good, Beside)>, Failure> {
        let (rights, is_to_sell) = (self.opened.rights, |kind| matches!(kind, GOODS | KIT));
        let kinds: Vec<(i32, i32)> = goods
            .iter()
            .filter_map(|good| Some((good.id?, good.kind.clone().ok()??)))
            .filter(|(_, kind)| is_to_sell(*kind))
            .collect();
        let ids: Vec<i32> = kinds.iter().map(|(id, _)| *id).collect();
        if ids.is_empty() {
            return Ok(goods.into_iter().map(|good| (good, Beside::default())).collect());
        }
        let mut models: Vec<i32> = goods.iter().filter_map(|good| good.model.clone().ok()?).collect();
        models.sort_unstable();
        models.dedup();
        let (tags, pictures, members, mut levels) = futures::try_join!(
            self.tags(if rights.tags { &ids } else { &[] }, asked),
            self.pictures(if rights.pictures { &ids } else { &[] }, asked),
            self.members(&models, asked),
            levels::of(self.database, self.opened, &kinds, asked),
        )?;
        let (mut tags, mut pictures) = (tags, pictures);
        let with = |good: Good| {
            let Some(id) = good.id else { return (good, Beside::default()) };
            let model = good.model.clone().ok().flatten();
            let beside = Beside {
                tags: tags.remove(&id).unwrap_or_default(),
                pictures: pictures.remove(&id).unwrap_or_default(),
                level: levels.remove(&id),
                members: model.and_then(|model| members.get(&model).copied()).unwrap_or_default(),
            };
            (good, beside)
        };
        Ok(goods.into_iter().map(with).collect())
    }

    async fn tags(&self, goods: &[i32], asked: Asked) -> Result<HashMap<i32, Vec<i32>>, Failure> {
        let mut tags: HashMap<i32, Vec<i32>> = HashMap::new();
        for row in self.about(goods, statements::tags_of, asked).await? {
            if let (Some(good), Some(tag)) = (Cells(&row).id(0), Cells(&row).id(1)) {
                tags.entry(good).or_default().push(tag);
            }
        }
        Ok(tags)
    }

    async fn pictures(&self, goods: &[i32], asked: Asked) -> Result<HashMap<i32, Vec<Picture>>, Failure> {
        let mut pictures: HashMap<i32, Vec<Picture>> = HashMap::new();
        for row in self.about(goods, statements::pictures_of, asked).await? {
            let row = Cells(&row);
            if let (Some(id), Some(good)) = (row.id(0), row.id(1)) {
                pictures.entry(good).or_default().push(Picture {
                    id,
                    crc: row.id(2),
                    length: row.count(3).unwrap_or_default(),
                    head: row.bytes(4).unwrap_or_default().to_vec(),
                    tail: row.bytes(5).unwrap_or_default().to_vec(),
                });
            }
        }
        Ok(pictures)
    }

    /// How many goods there are in models.
    async fn members(&self, models: &[i32], asked: Asked) -> Result<HashMap<i32, i64>, Failure> {
        let sieve = self.opened.reading.sieve;
        let rows = self.about(models, |count| sieve.members(count), asked).await?;
        Ok(rows.iter().filter_map(|row| Some((Cells(row).id(0)?, Cells(row).count(1)?))).collect())
    }

    /// The rows of a statement about so many things.
    async fn about(
        &self,
        ids: &[i32],
        statement: impl Fn(usize) -> String,
        asked: Asked,
    ) -> Result<Vec<Row>, Failure> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let parameters = in_list(ids);
        self.database.rows(&statement(parameters.len()), &parameters, asked).await
    }
}

/// Model and id of a row that holds them alone.
fn key_of(row: &Row) -> (i32, i32) {
    (Cells(row).id(1).unwrap_or(FIRST), Cells(row).id(0).unwrap_or(FIRST))
}

fn again() -> PlatformError {
    PlatformError::Failed {
        what: "the database answers with goods again that it has told already".to_owned(),
    }
}
