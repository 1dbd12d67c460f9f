//! What a run knows when it begins: what is remembered, with a look at the newest goods of the marketplace; where nothing is remembered, or
//! not what the marketplace shows, all of its goods are listed.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use clock::Moment;
use futures::TryStreamExt as _;
use gateway_core::assumptions::LIST_PAGE;
use gateway_core::gateway::{Gateway, Guid, ListedProduct, Listing, SourceMark};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use state::{Changes, Store, VariantKey};

use super::Options;
use super::adopt::{self, Adopt, Adoption};
use super::begin::{another_shop, another_way};
use super::holdings::{Holdings, Key, LinkKey, Links, Unmarked, link_key};
use super::remap;
use super::settle::{CLOCKS_APART, INTENT_BEAT, Patience};
use super::tally::Tally;
use crate::{Memory, Platform, RunError, ShopName};

/// So many links are remembered at a time while the marketplace is listed.
const BATCH: usize = 500;

/// The key of what an import notes about the shop.
const NOTE: &str = "import";

/// What an import notes about the shop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Note {
    /// All that the marketplace had is linked.
    listed: bool,
    /// How many goods without a mark there were when they were last listed, and have come to light since.
    pub(crate) unmarked: u64,
    /// When the newest product of the marketplace was created that a run has seen, by the marketplace's clock.
    pub(crate) newest: Option<DateTime<Utc>>,
    /// What is done about goods without a mark, since somebody has said it.
    adopt: Option<Adopt>,
}

impl Note {
    /// As it is remembered.
    pub(crate) fn written(&self) -> (String, Value) {
        (NOTE.to_owned(), serde_json::to_value(self).unwrap_or_default())
    }
}

/// What a run knows when it begins.
pub(crate) struct Known {
    pub(crate) links: Links,
    /// Of two goods with one external id the one that is not linked.
    pub(crate) doubles: Vec<Guid>,
    /// Creates of runs before this one of which nobody knows what became of them.
    pub(crate) open: HashMap<LinkKey, VariantKey>,
    /// From when on the marketplace shows what became of those.
    pub(crate) shown: Moment,
    /// Pictures that are there, beside those that are remembered.
    pub(crate) pictures: HashSet<Key>,
    /// What comes to light from now on was created after this, as far as the marketplace's clocks agree.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Whether that was found out by a listing: what a run before this one created may have been missing in it.
    pub(crate) was_listed: bool,
    pub(crate) adoption: Adoption,
    pub(crate) note: Note,
}

/// Finds out what is known.
pub(crate) struct Recall<'a> {
    pub(crate) platform: &'a dyn Platform,
    pub(crate) shop: &'a ShopName,
    pub(crate) gateway: &'a Gateway,
    pub(crate) memory: Memory<'a>,
    pub(crate) options: &'a Options,
    pub(crate) patience: Patience<'a>,
    pub(crate) tally: &'a Tally<'a>,
}

/// What the newest goods of the marketplace tell of what is remembered.
struct Look {
    /// The time of the newest.
    newest: Option<DateTime<Utc>>,
    /// Goods that runs before this one created without being told.
    late: HashMap<LinkKey, Vec<ListedProduct>>,
    /// Goods that bear the mark of others that are linked: their own guid, and that of the linked.
    others: Vec<(Guid, Guid)>,
    /// Goods without a mark that were not there before.
    unmarked: u64,
    /// Whether any of them is one of ours.
    sees_ours: bool,
}

impl<'a> Recall<'a> {
    pub(super) fn store(&self) -> &'a Store {
        self.memory.store()
    }

    async fn remember(&self, changes: Changes) -> Result<(), RunError> {
        if let Memory::Held(lease) = self.memory {
            self.store().remember(lease, &changes).await?;
        }
        Ok(())
    }

    /// What is known.
    ///
    /// # Errors
    /// When a side or the state fails, or when it has to be said first whose goods there are.
    pub(crate) async fn recall(&self) -> Result<Known, RunError> {
        let begun = self.patience.clock.moment();
        let note = self.store().note(NOTE).await?;
        // What cannot be read is as if it was not there: then all is listed.
        let note: Note = note.and_then(|note| serde_json::from_value(note).ok()).unwrap_or_default();
        if note.listed
            && !self.options.again
            && let Some(known) = self.remembered(&note, begun).await?
        {
            return Ok(known);
        }
        self.listed(note, begun).await
    }

    /// From when on the marketplace shows all that runs before this one have begun. Their clocks may have been others.
    fn shown(&self, begun: Moment) -> Moment {
        begun + self.options.settle + INTENT_BEAT
    }

    /// What is remembered; `None` when the marketplace shows that it is not all, or not so any more.
    async fn remembered(&self, remembered: &Note, begun: Moment) -> Result<Option<Known>, RunError> {
        let mut links = Links::default();
        let mut all = std::pin::pin!(self.store().links());
        while let Some(link) = all.try_next().await? {
            links.add(&link, !link.is_gone);
        }
        links.sort();
        let mut open = self.intents().await?;
        let Some(look) = self.look(&links, &open, remembered.newest).await? else { return Ok(None) };
        let Look { newest, late, others, unmarked, sees_ours } = look;
        // Where the newest one is older than it was, the marketplace was put back to an earlier day, or somebody has deleted goods.
        let is_as_it_was = newest >= remembered.newest
            && match sees_ours {
                true => self.has_live(others.iter().map(|(_, linked)| *linked).collect()).await?,
                false => self.still_has(&links).await?,
            };
        if !is_as_it_was {
            return Ok(None);
        }
        let mut doubles: Vec<Guid> = others.into_iter().map(|(other, _)| other).collect();
        let mut changes = Changes::default();
        for (at, goods) in late {
            open.remove(&at);
            let Some((heir, others)) = heir(goods) else { continue };
            doubles.extend(others.into_iter().filter(|other| !other.archived).map(|other| other.guid));
            if let Some(mark) = heir.data.source() {
                let link = state::Link::of_mark(heir.guid, mark);
                links.add(&link, !heir.archived);
                changes.images.extend(link.images.iter().cloned());
                changes.found.push(link);
            }
        }
        links.sort();
        let note = Note {
            unmarked: remembered.unmarked + unmarked,
            // What an open create made may come to light behind newer goods: as long as there is one, looks go back behind it.
            newest: if open.is_empty() { newest } else { remembered.newest },
            adopt: self.options.adopt.or(remembered.adopt),
            ..remembered.clone()
        };
        if note != *remembered {
            changes.notes.push(note.written());
        }
        self.remember(changes).await?;
        Ok(Some(Known {
            links,
            doubles,
            // What became of them is younger than what was seen before them.
            since: if open.is_empty() { newest } else { remembered.newest },
            open,
            shown: self.shown(begun),
            pictures: HashSet::new(),
            was_listed: false,
            adoption: self.adoption(&note),
            note,
        }))
    }

    /// Looks at the newest goods, back to those that the last run has seen: one page, unless much has been created since. `None` when
    /// there are some of ours that nobody remembers.
    async fn look(
        &self,
        links: &Links,
        open: &HashMap<LinkKey, VariantKey>,
        seen: Option<DateTime<Utc>>,
    ) -> Result<Option<Look>, RunError> {
        // Of what a killed run created something may bear an earlier time than what it had seen.
        let back_to = if open.is_empty() { seen } else { seen.map(|seen| seen - CLOCKS_APART) };
        let (mut newest, mut unmarked, mut sees_ours) = (None, 0, false);
        let (mut late, mut others) = (HashMap::<LinkKey, Vec<ListedProduct>>::new(), Vec::new());
        let mut listing = std::pin::pin!(self.gateway.list(Listing::All));
        let mut looked_at = 0;
        while let Some(listed) = listing.try_next().await? {
            let created = listed.created;
            newest = newest.max(created);
            let mark = listed.data.source();
            // Somebody has made it by hand since, or in the same moment: to count one twice costs a listing at most.
            unmarked += u64::from(mark.is_none() && !listed.archived && created >= seen);
            if let Some(mark) = mark.filter(|mark| is_of(self.shop, mark)) {
                sees_ours = true;
                let at = link_key(&mark.id.product, &mark.id.variant);
                match links.get(at) {
                    Some(link) if link.guid == listed.guid => {}
                    Some(link) => others.extend((!listed.archived).then_some((listed.guid, link.guid))),
                    None if open.contains_key(&at) => late.entry(at).or_default().push(listed),
                    None => return Ok(None),
                }
            }
            looked_at += 1;
            if looked_at >= LIST_PAGE && created <= back_to {
                break;
            }
        }
        Ok(Some(Look { newest, late, others, unmarked, sees_ours }))
    }

    async fn intents(&self) -> Result<HashMap<LinkKey, VariantKey>, RunError> {
        let intents = self.store().intents().await?.into_iter();
        let keyed = intents
            .map(|intent| (link_key(&intent.product, &intent.variant), (intent.product, intent.variant)));
        Ok(keyed.collect())
    }

    fn adoption(&self, note: &Note) -> Adoption {
        let is_told = self.options.adopt == Some(Adopt::Sku);
        let unmarked = (note.unmarked == 0 && !is_told).then(Unmarked::default);
        Adoption::new(self.options.adopt.or(note.adopt), unmarked)
    }

    /// Whether all of these are at the marketplace, and not archived. Goods that bear the marks of others are those others' doubles only
    /// then: else somebody has put them in their place.
    async fn has_live(&self, guids: Vec<Guid>) -> Result<bool, RunError> {
        let found = self.gateway.search_for(&guids).await?;
        let live: HashSet<Guid> =
            found.iter().filter(|listed| !listed.archived).map(|listed| listed.guid).collect();
        Ok(guids.iter().all(|guid| live.contains(guid)))
    }

    /// Whether the marketplace still has what is linked, by a sample. One that was emptied, or put back to an earlier day, has not.
    async fn still_has(&self, links: &Links) -> Result<bool, RunError> {
        let all = links.all();
        if all.is_empty() {
            return Ok(true);
        }
        let every = all.len().div_ceil(LIST_PAGE);
        let sample: Vec<Guid> = all.iter().step_by(every).map(|link| link.guid).collect();
        let found = self.gateway.search_for(&sample).await?;
        Ok(found.len() * 2 >= sample.len())
    }

    /// What a listing of all goods shows; it is remembered as it comes.
    async fn listed(&self, note: Note, begun: Moment) -> Result<Known, RunError> {
        let was_linked = self.store().count_links().await? > 0;
        let mut open = self.intents().await?;
        let mut holdings = Holdings::beside(self.platform.relatives());
        // A listing that is not read to its end leaves links behind that are not all.
        let unfinished = Note { listed: false, ..note.clone() };
        let mut changes = Changes { notes: vec![unfinished.written()], ..Changes::default() };
        let mapping = remap::version(self.platform);
        let mut is_mapped_so = false;
        let mut listing = std::pin::pin!(self.gateway.list(Listing::All));
        while let Some(listed) = listing.try_next().await? {
            let link = holdings.add(&listed, Some(self.shop), &|event| self.tally.tell(event));
            if let Some(link) = link {
                is_mapped_so |= link.mapping == mapping;
                let intent = open.remove(&link_key(&link.product, &link.variant));
                changes.images.extend(link.images.iter().cloned());
                match intent {
                    Some(_) => changes.found.push(link),
                    None => changes.written.push(link),
                }
            }
            if changes.written.len() + changes.found.len() >= BATCH {
                self.remember(std::mem::take(&mut changes)).await?;
            }
        }
        holdings.sort();
        if !self.options.shop_key_is_told && holdings.of_this_shop == 0 && !was_linked {
            another_shop(self.shop, &holdings)?;
            another_way(self.shop, &holdings)?;
        }
        let adopt = self.options.adopt.or(note.adopt);
        if adopt.is_none() && holdings.of_this_shop == 0 && holdings.unmarked.live > 0 {
            return Err(adopt::ask(self.platform, &holdings.unmarked, self.tally, self.patience.stop).await?);
        }
        let newest = if open.is_empty() { holdings.newest } else { note.newest };
        let note = Note { listed: true, unmarked: holdings.unmarked.live, newest, adopt };
        let Holdings { mut links, doubles, pictures, newest, unmarked, .. } = holdings;
        if is_mapped_so {
            // Goods that did not change bear the version that wrote them. This one was at work here before, and has said what it changes.
            links.set_mapping(mapping);
            changes.mapping = Some(mapping);
        }
        let mut known = Known {
            links,
            doubles,
            since: if open.is_empty() { newest } else { None },
            open,
            shown: self.shown(begun),
            pictures,
            was_listed: true,
            adoption: Adoption::new(adopt, Some(unmarked)),
            note,
        };
        if was_linked {
            // What was listed is remembered before it is compared with what was remembered.
            self.remember(std::mem::take(&mut changes)).await?;
            self.unlink(begun, &mut known, &mut changes).await?;
        }
        changes.notes.push(known.note.written());
        self.remember(changes).await?;
        if matches!(self.memory, Memory::Held(_)) {
            // They are remembered by now.
            known.pictures = HashSet::new();
        }
        Ok(known)
    }
}

/// Whether a mark is one of this shop's.
pub(crate) fn is_of(shop: &ShopName, mark: &SourceMark) -> bool {
    mark.id.platform == shop.platform && mark.id.shop == shop.shop
}

/// Of goods with one external id, the newest first, the one that stays: the oldest that is not archived, else the oldest; and the others.
pub(crate) fn heir(mut goods: Vec<ListedProduct>) -> Option<(ListedProduct, Vec<ListedProduct>)> {
    let oldest = goods.iter().rposition(|listed| !listed.archived).or_else(|| goods.len().checked_sub(1))?;
    let heir = goods.remove(oldest);
    Some((heir, goods))
}
