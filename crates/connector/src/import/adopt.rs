//! Goods that were at the marketplace before: which variants of the shop they are.
//!
//! They are told by their SKUs, and only where one product without a mark and one variant of the whole shop bear an SKU.
//! Names never match.

use std::collections::{BTreeMap, HashMap};

use futures::StreamExt as _;
use gateway_core::gateway::{Gateway, Guid};
use gateway_core::model::{RejectReason, Sku};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::holdings::{Holdings, Key, Unmarked, key};
use super::tally::Tally;
use crate::{Candidate, End, Event, Item, Platform, RunError, Scope};

/// What is to be done about goods of the marketplace that bear no mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adopt {
    /// Those whose SKU is unique on both sides are linked.
    Sku,
    /// They are left alone, and everything is created beside them.
    None,
}

/// Which goods without a mark the shop's variants would be.
#[derive(Debug, Default)]
pub struct Survey {
    /// Of SKUs that goods without a mark bear.
    by_sku: HashMap<Key, Borne>,
    /// Products without a mark that can be linked.
    pub linkable: u64,
    /// Products without a mark whose SKU the shop has too, but not one of each alone.
    pub ambiguous: u64,
    /// Products without a mark that nothing of the shop matches.
    pub alone: u64,
    /// Whether the shop delivered all of its products. Otherwise an SKU may be borne by one that did not come, and
    /// nothing can be linked.
    pub is_whole: bool,
}

/// Who bears an SKU.
#[derive(Debug)]
struct Borne {
    there: u64,
    here: u64,
    /// The first variant of the shop that can be imported.
    candidate: Option<Candidate>,
}

impl Borne {
    fn is_clear(&self) -> bool {
        self.there == 1 && self.here == 1 && self.candidate.is_some()
    }
}

impl Survey {
    /// Reads the whole shop, and compares.
    ///
    /// # Errors
    /// When the shop cannot be read to its end.
    pub async fn make(
        platform: &dyn Platform,
        unmarked: &Unmarked,
        stop: &CancellationToken,
    ) -> Result<Self, RunError> {
        let mut survey = Self::default();
        let mut products = platform.products(Scope::All);
        loop {
            let item = tokio::select! {
                biased;
                () = stop.cancelled() => return Err(RunError::Stopped),
                item = products.next() => item,
            };
            match item.transpose()? {
                Some(Item::Product(product, _)) => {
                    for variant in product.variants() {
                        survey.add(variant.sku.as_ref(), unmarked, |sku, guid| Candidate {
                            product: product.id().clone(),
                            variant: variant.id.clone(),
                            name: product.name().as_str().to_owned(),
                            sku,
                            guid,
                        });
                    }
                }
                // What cannot be imported bears its SKU all the same.
                Some(Item::Reject(reject)) => {
                    if let Some(borne) = survey.borne(reject.sku.as_ref(), unmarked) {
                        borne.here += 1;
                    }
                }
                Some(Item::Skipped(_)) => {}
                Some(Item::End(end)) => {
                    survey.is_whole = end == End::Complete;
                    break;
                }
                None => return Err(RunError::broke_off(&platform.known_name()?.shop)),
            }
        }
        for borne in survey.by_sku.values() {
            match borne.is_clear() && survey.is_whole {
                true => survey.linkable += 1,
                false => survey.ambiguous += borne.there,
            }
        }
        survey.alone = unmarked.live.saturating_sub(survey.linkable + survey.ambiguous);
        Ok(survey)
    }

    fn borne(&mut self, sku: Option<&Sku>, unmarked: &Unmarked) -> Option<&mut Borne> {
        let sku = sku?.as_str();
        let there = unmarked.bearers(sku)?.count;
        Some(self.by_sku.entry(key(sku)).or_insert(Borne { there, here: 0, candidate: None }))
    }

    fn add(
        &mut self,
        sku: Option<&Sku>,
        unmarked: &Unmarked,
        candidate: impl FnOnce(String, Guid) -> Candidate,
    ) {
        let Some(bearers) = sku.and_then(|sku| unmarked.bearers(sku.as_str())) else { return };
        let text = sku.map(|sku| sku.as_str().to_owned()).unwrap_or_default();
        if let Some(borne) = self.borne(sku, unmarked) {
            borne.here += 1;
            borne.candidate.get_or_insert_with(|| candidate(text, bearers.guid));
        }
    }

    /// The pairs that are clear, in the order of their ids.
    #[must_use]
    pub fn candidates(&self) -> Vec<&Candidate> {
        let clear = self.by_sku.values().filter(|borne| borne.is_clear() && self.is_whole);
        let sorted: BTreeMap<_, _> = clear
            .filter_map(|borne| borne.candidate.as_ref())
            .map(|candidate| ((&candidate.product, &candidate.variant), candidate))
            .collect();
        sorted.into_values().collect()
    }
}

/// What a variant that bears no link is to the goods without a mark.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// None of them: it is new.
    None,
    /// It is this one.
    One(Guid),
    /// Nobody can tell, so nothing is done about it.
    Reject(RejectReason),
}

/// What is done about goods without a mark in a run.
pub(crate) struct Adoption {
    how: Option<Adopt>,
    /// Listed when it first matters, unless that was done before.
    unmarked: OnceCell<Unmarked>,
    survey: OnceCell<Survey>,
}

impl Adoption {
    pub(crate) fn new(how: Option<Adopt>, unmarked: Option<Unmarked>) -> Self {
        Self { how, unmarked: unmarked.map_or_else(OnceCell::new, OnceCell::from), survey: OnceCell::new() }
    }

    /// How many goods without a mark there are, when they were listed.
    pub(crate) fn unmarked_now(&self) -> Option<u64> {
        self.unmarked.get().map(|unmarked| unmarked.live)
    }

    /// What a variant with this SKU is. The first for which it matters has the whole shop read, because an SKU may come
    /// again later.
    pub(crate) async fn find(
        &self,
        sku: Option<&str>,
        (platform, gateway): (&dyn Platform, &Gateway),
        (tally, stop): (&Tally<'_>, &CancellationToken),
    ) -> Result<Match, RunError> {
        let Some(sku) = sku.filter(|_| self.how != Some(Adopt::None)) else { return Ok(Match::None) };
        let list = || async {
            let listener = |event: Event<'_>| tally.tell(event);
            tokio::select! {
                biased;
                () = stop.cancelled() => Err(RunError::Stopped),
                listed = Holdings::read(gateway, None, &[], &listener) => Ok(listed?.unmarked),
            }
        };
        let unmarked = self.unmarked.get_or_try_init(list).await?;
        let Some(bearers) = unmarked.bearers(sku) else { return Ok(Match::None) };
        match self.how {
            Some(Adopt::None) => Ok(Match::None),
            None => Ok(Match::Reject(RejectReason::SkuTaken(sku.to_owned()))),
            Some(Adopt::Sku) => {
                let survey = self.survey.get_or_try_init(|| Survey::make(platform, unmarked, stop)).await?;
                let here = survey.by_sku.get(&key(sku)).map_or(0, |borne| borne.here);
                Ok(match (bearers.count, here) {
                    (1, 1) if survey.is_whole => Match::One(bearers.guid),
                    (1, 1) => Match::Reject(RejectReason::SkuUncertain(sku.to_owned())),
                    (there, here) => {
                        Match::Reject(RejectReason::SkuAmbiguous { sku: sku.to_owned(), there, here })
                    }
                })
            }
        }
    }
}

/// What a run says that comes upon goods without a mark and was not told what to do about them.
pub(crate) async fn ask(
    platform: &dyn Platform,
    unmarked: &Unmarked,
    tally: &Tally<'_>,
    stop: &CancellationToken,
) -> Result<RunError, RunError> {
    let survey = Survey::make(platform, unmarked, stop).await?;
    survey.candidates().into_iter().for_each(|candidate| tally.tell(Event::Candidate(candidate)));
    Ok(RunError::settings(
        format!(
            "the shop at the marketplace holds {} goods that bear no mark of where they came from, made by hand or by an \
             earlier connector: {} can be linked, because one of them and one variant of this shop alone bear their SKU; {} \
             cannot be told apart, because their SKU is not unique; {} match nothing here. Nothing was written",
            unmarked.live, survey.linkable, survey.ambiguous, survey.alone
        ),
        format!(
            "--adopt sku links the {}, gives them the shop's texts, prices and pictures (their stock levels and categories stay), \
             and creates only what has no match; --adopt none leaves all of them as they are and creates every variant beside \
             them; either is remembered",
            survey.linkable
        ),
    ))
}
