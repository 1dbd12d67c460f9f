//! What is done about one product: its variants are compared with those that the marketplace has, and what differs is
//! written.

use std::collections::{HashMap, HashSet};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use gateway_core::gateway::{Guid, ListedProduct, NewItem, SourceMark};
use gateway_core::model::{Product, RejectReason};

use super::Import;
use super::compare::{Goods, Work};
use super::family::{SHARED_FAMILY, Tagged, family_digest, family_name};
use super::fate::Fate;
use super::pictures::{Images, each_once};
use super::plan::Target;
use crate::{Event, Rendered, RunError, Warning};

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
            self.write_all(product, &work, &known).await?;
        }
        // What takes its place is there now.
        let gone = work.gone.iter().filter_map(|guid| known.get(guid));
        let archived = futures::future::join_all(gone.map(|listed| self.archive(listed, None))).await;
        archived.into_iter().collect()
    }

    /// Updates and creates what is wanted.
    async fn write_all(
        &self,
        product: &Product,
        work: &Work,
        known: &HashMap<Guid, ListedProduct>,
    ) -> Result<(), RunError> {
        let wanted = || work.wanted();
        if wanted().next().is_none() {
            return Ok(());
        }
        let marks: Vec<SourceMark> = known.values().filter_map(|listed| listed.data.source()).collect();
        let older_families = self.older_families(known).await?;
        let (addresses, family) = futures::try_join!(
            self.addresses(product, wanted(), &marks),
            self.family(product, work.is_family, known),
        )?;
        let family = match family {
            Ok(family) => family,
            Err(reason) => {
                wanted().for_each(|rendered| self.reject_rendered(rendered, reason.clone()));
                return Ok(());
            }
        };
        let target = |rendered| Target {
            rendered,
            family,
            categories_are_told: self.categories.is_some(),
            pictures: (self.pictures.mode != Images::None).then_some(&addresses),
            older_families: &older_families,
        };

        let updates =
            work.check.iter().map(|(guid, rendered)| self.update(known.get(guid), target(rendered)));
        let mut updates: FuturesUnordered<_> = updates.collect();
        let items: Vec<NewItem> = work.fresh.iter().map(|rendered| target(rendered).create()).collect();
        let creating = async {
            if self.options.dry_run {
                self.would_create(&work.fresh);
                return Ok(());
            }
            self.create(items).await
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
        let tags = self.shop_tags.get_or_try_init(|| self.gateway.tags()).await;
        let tags = tags.map_err(|error| Fate::of(error).of_run())?;
        Ok(tags.iter().filter(|tag| tag.kind.as_deref() == Some("variant")).map(|tag| tag.guid).collect())
    }

    /// The addresses of all pictures that are wanted, each brought to the marketplace if it is not there yet.
    async fn addresses<'r>(
        &self,
        product: &Product,
        wanted: impl Iterator<Item = &'r Rendered>,
        marks: &[SourceMark],
    ) -> Result<HashMap<String, String>, RunError> {
        let mut addresses: HashMap<String, String> =
            marks.iter().flat_map(|mark| mark.images.iter().cloned()).collect();
        let images = each_once(wanted.flat_map(|rendered| &rendered.images));
        let missing: Vec<_> =
            images.into_iter().filter(|image| !addresses.contains_key(image.identity())).collect();
        if self.options.dry_run {
            let unsent = self.pictures.count_unsent(missing.iter().copied());
            self.tally.count(|summary| summary.images += unsent);
            // Where they will be is not known yet; that they will be there is.
            addresses.extend(missing.iter().map(|image| (image.identity().to_owned(), String::new())));
            return Ok(addresses);
        }
        let brought =
            missing.into_iter().map(|image| async move { (image, self.pictures.address(image).await) });
        let mut brought: FuturesUnordered<_> = brought.collect();
        while let Some((image, address)) = brought.next().await {
            match address? {
                Ok(address) => drop(addresses.insert(image.identity().to_owned(), address)),
                Err(why) => self.tally.warn_of_open(&Warning {
                    product: Some(product.id().clone()),
                    variant: None,
                    what: format!("its picture {} was left out: {why}", image.identity()),
                }),
            }
        }
        Ok(addresses)
    }

    /// The tag of the product's family, made when there is none yet and it is wanted; or why it cannot be.
    async fn family(
        &self,
        product: &Product,
        is_wanted: bool,
        known: &HashMap<Guid, ListedProduct>,
    ) -> Result<Result<Option<Guid>, RejectReason>, RunError> {
        // One that a person has taken off may have been deleted as a whole, and one of another family that the product was in is
        // not its own. The name finds it if there is one.
        let named = product.family().map(family_digest);
        let borne = |listed: &ListedProduct| {
            let mark = listed.data.source()?;
            let is_its_own = mark.sent.get(SHARED_FAMILY) == named.as_ref();
            mark.family.filter(|family| is_its_own && listed.tags.contains(family))
        };
        let known = known.values().find_map(borne);
        if !is_wanted {
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
        let make = || self.make_family_tag(family_name(self.shop, product));
        let tagged = match shared {
            Some(shared) => self.shared_families.tag(shared, make).await,
            None => make().await,
        };
        match tagged {
            Ok(tagged) => Ok(tagged.map(Some)),
            Err(Fate::Failed(reason)) => {
                self.health.failed(&reason).await?;
                Ok(Err(reason))
            }
            Err(other) => Err(other.of_run()),
        }
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
