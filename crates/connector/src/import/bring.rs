//! What is done about one product: its variants are compared with those that the marketplace has, and what differs is
//! written.

use std::collections::{HashMap, HashSet};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use gateway_core::gateway::{Guid, ListedProduct, NewItem, SourceMark, Tag};
use gateway_core::model::{Product, RejectReason};
use state::{Changes, FamilyKey};

use super::Import;
use super::beside_stock::less_what_is_open;
use super::compare::{Goods, Work};
use super::family::{SHARED_FAMILY, Tagged, family_digest, family_name};
use super::fate::Fate;
use super::holdings::link_key;
use super::pictures::each_once;
use super::plan::Target;
use super::settle::Unknown;
use super::write::Parting;
use crate::{Event, Rendered, RunError, Warning};

/// What a product's variants are written with.
struct Ready {
    /// Of pictures, by their identities.
    addresses: HashMap<String, String>,
    /// The tag that they share.
    family: Option<Guid>,
    /// The shop's own tags that earlier connectors may have put on goods without a mark.
    older_families: HashSet<Guid>,
    /// What is remembered of them.
    links: Vec<state::Link>,
}

impl Ready {
    /// What is remembered of a variant.
    fn link(&self, guid: Guid, rendered: &Rendered) -> Option<&state::Link> {
        let id = &rendered.mark.id;
        let of_variant = || self.links.iter().filter(|link| link.variant == id.variant);
        of_variant()
            .find(|link| link.guid == guid)
            .or_else(|| of_variant().find(|link| link.product == id.product))
    }
}

impl Import<'_> {
    /// Does what has to be done about a product.
    ///
    /// # Errors
    /// When the run cannot go on; what is the matter with this product alone is told as rejects.
    pub(crate) async fn bring(&self, goods: Goods) -> Result<(), RunError> {
        let work = self.compare(&goods).await?;
        if !work.is_none() {
            self.do_all(&goods, work).await?;
        }
        if let Some(was) = &goods.was {
            self.tally.rename_rejects(was, &goods.id);
        }
        let rejects = self.tally.rejects_of(&goods.id).into_iter().collect();
        self.journal.record(Changes { rejects, ..Changes::default() }).await?;
        self.tally.brought_one();
        Ok(())
    }

    async fn do_all(&self, goods: &Goods, work: Work) -> Result<(), RunError> {
        let known = match self.read_back(&work).await {
            Ok(known) => known,
            Err(Fate::Failed(reason)) => {
                work.wanted().for_each(|rendered| self.reject_rendered(rendered, reason.clone()));
                if !work.gone.is_empty() {
                    self.tally.warn_of_open(&Warning {
                        product: Some(goods.id.clone()),
                        variant: None,
                        what: format!(
                            "{} variants that it does not have any more were not archived: {reason}",
                            work.gone.len()
                        ),
                    });
                }
                return self.health.failed(&reason).await;
            }
            Err(other) => return Err(other.of_run()),
        };
        if let Some(product) = &goods.product {
            self.write_all(goods, product, &work, &known).await?;
        }
        // What takes its place is there now.
        let gone = work.gone.iter().filter(|guid| !work.moved.contains(guid));
        let doubles = work.doubles.iter().map(|guid| (guid, Parting::OtherId));
        let parting = gone.map(|guid| (guid, Parting::Gone)).chain(doubles);
        let parting = parting.filter_map(|(guid, why)| Some(self.archive(known.get(guid)?, why)));
        let moving = work.only_moved().filter_map(|guid| {
            let is_gone = work.gone.contains(&guid);
            Some(self.move_alone(goods, known.get(&guid)?, is_gone))
        });
        let (parted, moved) =
            futures::join!(futures::future::join_all(parting), futures::future::join_all(moving));
        parted.into_iter().chain(moved).collect::<Result<(), _>>()?;
        let unwritten =
            work.gone.iter().copied().chain(work.doubles.iter().copied()).chain(work.only_moved());
        let missing: HashSet<Guid> = unwritten.filter(|guid| !known.contains_key(guid)).collect();
        let missing: Vec<Guid> = missing.into_iter().collect();
        self.note_all_missing(&missing).await
    }

    /// Updates and creates what is wanted.
    async fn write_all(
        &self,
        goods: &Goods,
        product: &Product,
        work: &Work,
        known: &HashMap<Guid, ListedProduct>,
    ) -> Result<(), RunError> {
        if work.wanted().next().is_none() {
            return Ok(());
        }
        let mut before = Changes::default();
        let ready = self.make_ready(goods, product, work, known, &mut before).await;
        let brought = before.images.clone();
        let Ok(Some(ready)) = ready else {
            // Whatever becomes of the product, what was brought for it need not be brought again.
            self.journal.record(before).await?;
            self.pictures.are_remembered(&brought);
            return ready.map(drop);
        };
        let updates = work.check.iter().map(|(guid, rendered)| {
            let target = Target {
                was: goods.was.as_ref().filter(|_| work.moved.contains(guid)),
                link: ready.link(*guid, rendered),
                ..self.target(&ready, rendered)
            };
            self.update(*guid, known.get(guid), target)
        });
        let mut updates: FuturesUnordered<_> = updates.collect();
        let creating = async {
            if self.options.dry_run {
                self.would_create(&work.fresh);
                return Ok(());
            }
            let items = self.new_items(goods, work, &ready).await?;
            let created = self.create(items, before).await;
            self.pictures.are_remembered(&brought);
            created
        };
        let updating = async {
            let mut result = Ok(());
            while let Some(updated) = updates.next().await {
                result = result.and(updated);
            }
            result
        };
        let (created, updated) = futures::join!(creating, updating);
        created.and(updated)
    }

    /// Brings what a product's variants are written with; `None` when that cannot be had, which is told.
    async fn make_ready(
        &self,
        goods: &Goods,
        product: &Product,
        work: &Work,
        known: &HashMap<Guid, ListedProduct>,
        before: &mut Changes,
    ) -> Result<Option<Ready>, RunError> {
        let marks: Vec<SourceMark> = known.values().filter_map(|listed| listed.data.source()).collect();
        let older_families = self.older_families(known).await?;
        let links = match work.check.is_empty() {
            true => Vec::new(),
            false => {
                let ids: Vec<_> = goods.was.iter().chain([product.id()]).cloned().collect();
                self.memory.store().links_of(&ids).await?
            }
        };
        let (addresses, family) = futures::join!(
            self.addresses(product, work.wanted(), &marks, &mut before.images),
            self.family(product, work, known, &mut before.families),
        );
        let (addresses, family) = (addresses?, family?);
        match family {
            Ok(family) => Ok(Some(Ready { addresses, family, older_families, links })),
            Err(reason) => {
                work.wanted().for_each(|rendered| self.reject_rendered(rendered, reason.clone()));
                Ok(None)
            }
        }
    }

    fn target<'r>(&self, ready: &'r Ready, rendered: &'r Rendered) -> Target<'r> {
        Target {
            rendered,
            was: None,
            link: None,
            family: ready.family,
            categories_are_told: self.tells_categories(),
            untold: self.untold,
            pictures: self.sends_pictures().then_some(&ready.addresses),
            older_families: &ready.older_families,
        }
    }

    /// What is to be created. What a run before this one may have created is looked for first.
    async fn new_items(&self, goods: &Goods, work: &Work, ready: &Ready) -> Result<Vec<NewItem>, RunError> {
        let mut items = Vec::new();
        if work.fresh.is_empty() {
            return Ok(items);
        }
        let levels = self.open_levels(&goods.id).await?;
        for rendered in &work.fresh {
            let (mut item, id) = (self.target(ready, rendered).create(), &rendered.mark.id);
            if let Some(row) = levels.get(&id.variant) {
                item.stock_level = less_what_is_open(item.stock_level, row);
            }
            let is_open = self.known.open.contains_key(&link_key(&id.product, &id.variant));
            if is_open {
                let shown = self.known.shown;
                self.note_unknown(Unknown { item: Some(item), id: id.clone(), shown, is_earlier: true });
            } else {
                items.push(item);
            }
        }
        Ok(items)
    }

    /// Pictures and the family's tag are told of as what they are at the shop: they have no address and no guid yet.
    fn would_create(&self, fresh: &[Rendered]) {
        for rendered in fresh {
            self.tally.count(|summary| summary.created += 1);
            self.tally.tell(Event::Would(rendered));
        }
    }

    /// The marketplace's goods that are to be changed, as they are now.
    async fn read_back(&self, work: &Work) -> Result<HashMap<Guid, ListedProduct>, Fate> {
        let checked = work.check.iter().map(|(guid, _)| *guid);
        let mut guids: Vec<Guid> = checked.chain(work.gone.iter().copied()).collect();
        guids.extend(
            work.only_moved().filter(|guid| !work.gone.contains(guid)).chain(work.doubles.iter().copied()),
        );
        guids.extend(work.family_at.filter(|guid| !guids.contains(guid)));
        if guids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = self.gateway.find(&guids).await.map_err(Fate::of_repeatable)?;
        Ok(found.into_iter().map(|listed| (listed.guid, listed)).collect())
    }

    /// The shop's own tags, when goods without a mark are to be linked: families that earlier connectors made are among
    /// them.
    async fn older_families(&self, known: &HashMap<Guid, ListedProduct>) -> Result<HashSet<Guid>, RunError> {
        let links_any =
            known.values().any(|listed| listed.data.source().is_none() && !listed.tags.is_empty());
        if !links_any {
            return Ok(HashSet::new());
        }
        let tags = self.shop_tags().await?;
        Ok(tags.iter().filter(|tag| tag.kind.as_deref() == Some("variant")).map(|tag| tag.guid).collect())
    }

    /// The shop's own tags at the marketplace.
    async fn shop_tags(&self) -> Result<&[Tag], RunError> {
        let tags = self.shop_tags.get_or_try_init(|| self.gateway.tags()).await;
        Ok(tags.map_err(|error| Fate::of(error).of_run())?)
    }

    /// The addresses of all pictures that are wanted, each brought to the marketplace if it is not there yet.
    async fn addresses<'r>(
        &self,
        product: &Product,
        wanted: impl Iterator<Item = &'r Rendered>,
        marks: &[SourceMark],
        brought_now: &mut Vec<(String, String)>,
    ) -> Result<HashMap<String, String>, RunError> {
        let mut addresses: HashMap<String, String> =
            marks.iter().flat_map(|mark| mark.images.iter().cloned()).collect();
        let images = each_once(wanted.flat_map(|rendered| &rendered.images));
        let missing: Vec<_> =
            images.into_iter().filter(|image| !addresses.contains_key(image.identity())).collect();
        if self.options.dry_run {
            let unsent = self.pictures.count_unsent(&missing).await?;
            self.tally.count(|summary| summary.images += unsent);
            // Where they will be is not known yet; that they will be there is.
            addresses.extend(missing.iter().map(|image| (image.identity().to_owned(), String::new())));
            return Ok(addresses);
        }
        let mut failed = Ok(());
        for (image, address) in self.pictures.addresses(missing).await {
            match address {
                Ok(Ok(address)) => {
                    brought_now.push((image.identity().to_owned(), address.clone()));
                    addresses.insert(image.identity().to_owned(), address);
                }
                Err(error) => failed = failed.and(Err(error)),
                Ok(Err(why)) => self.tally.warn_of_open(&Warning {
                    product: Some(product.id().clone()),
                    variant: None,
                    what: format!("its picture {} was left out: {why}", image.identity()),
                }),
            }
        }
        failed.map(|()| addresses)
    }

    /// The tag of the product's family, made when there is none yet and it is wanted; or why it cannot be.
    async fn family(
        &self,
        product: &Product,
        work: &Work,
        known: &HashMap<Guid, ListedProduct>,
        made_now: &mut Vec<(FamilyKey, Guid)>,
    ) -> Result<Result<Option<Guid>, RejectReason>, RunError> {
        // One that a person has taken off may have been deleted as a whole, and one of another family that the product was in is
        // not its own. The name finds it if there is one.
        let named = product.family().map(family_digest);
        let borne = |listed: &ListedProduct| {
            let mark = listed.data.source()?;
            let is_its_own = self.untold.families || mark.sent.get(SHARED_FAMILY) == named.as_ref();
            mark.family.filter(|family| is_its_own && listed.tags.contains(family))
        };
        let own = known.values().filter(|listed| !work.doubles.contains(&listed.guid));
        let known = own.into_iter().find_map(borne);
        if !work.is_family {
            return Ok(Ok(None));
        }
        let shared = product.family().filter(|family| family.has_others);
        if let (Some(known), Some(shared)) = (known, shared) {
            // Others of the family need not be asked again.
            let _known = self.shared_families.tag(shared, || async { Ok::<_, RunError>(Ok(known)) }).await?;
        }
        if known.is_some() {
            return Ok(Ok(known));
        }
        if self.options.dry_run {
            return Ok(Ok(Some(Guid::NIL)));
        }
        if self.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        let family = match shared {
            Some(shared) => FamilyKey::Shared(family_digest(shared)),
            None => FamilyKey::Product(product.id().clone()),
        };
        let make = || async {
            match self.unborne_family(work, &family).await.map_err(Fate::Run)? {
                Some(made) => Ok(Ok(made)),
                None => self.make_family_tag(family_name(self.shop, product)).await,
            }
        };
        let tagged = match shared {
            Some(shared) => self.shared_families.tag(shared, make).await,
            None => make().await,
        };
        match tagged {
            Ok(tagged) => {
                made_now.extend(tagged.iter().map(|guid| (family.clone(), *guid)));
                Ok(tagged.map(Some))
            }
            Err(Fate::Failed(reason)) => {
                self.health.failed(&reason).await?;
                Ok(Err(reason))
            }
            Err(other) => Err(other.of_run()),
        }
    }

    /// A family's tag that nobody bears: it was made for variants that could not be created then.
    async fn unborne_family(&self, work: &Work, family: &FamilyKey) -> Result<Option<Guid>, RunError> {
        if work.family_at.is_some() {
            return Ok(None);
        }
        let Some(made) = self.memory.store().family_tag(family).await? else { return Ok(None) };
        let is_there = self.shop_tags().await?.iter().any(|tag| tag.guid == made);
        Ok(is_there.then_some(made))
    }

    /// A tag of this name, or why the marketplace makes none of it, however often it is asked.
    async fn make_family_tag(&self, name: String) -> Result<Tagged, Fate> {
        match self.gateway.create_family_tag(&name).await.map_err(Fate::of_repeatable) {
            Ok(guid) => Ok(Ok(guid)),
            Err(Fate::Reject(reason)) => Ok(Err(reason)),
            Err(other) => Err(other),
        }
    }
}
