//! What has to be written to a variant that the marketplace has: pure functions.
//!
//! Employees of the marketplace change goods too. So an update takes only what the shop wants to say differently than it
//! said last, and leaves the rest as the marketplace has it; what was last said stands in the mark.

use std::collections::{HashMap, HashSet};

use gateway_core::gateway::{Guid, ListedProduct, ProductFields, ShopItem, SourceMark};
use gateway_core::model::{ExternalId, ProductId};
use state::VariantKey;

use super::family::SHARED_FAMILY;
use super::fingerprint::{Field, Fingerprint};
use super::identity::ALSO;
use crate::{Rendered, Untold};

/// What a variant is to become.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) rendered: &'a Rendered,
    /// The tag of its product's family, when it is to bear one.
    pub(crate) family: Option<Guid>,
    /// Under which other id it was known, when it goes over to that of the product.
    pub(crate) was: Option<&'a ProductId>,
    /// What is remembered of it.
    pub(crate) link: Option<&'a state::Link>,
    /// Whether it was told how categories are mapped. Otherwise those that it bears stay.
    pub(crate) categories_are_told: bool,
    /// What the shop does not tell: of that stays what was last sent.
    pub(crate) untold: Untold,
    /// Addresses of pictures by their identities, as far as they could be had; `None`: pictures are not this run's
    /// affair.
    pub(crate) pictures: Option<&'a HashMap<String, String>>,
    /// The shop's own tags that earlier connectors may have put on goods without a mark.
    pub(crate) older_families: &'a HashSet<Guid>,
}

/// What is to be written, and in this order: the item, which is repeated as long as the mark does not say that it is done;
/// then the fields with the mark.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Update {
    pub(crate) item: Option<ShopItem>,
    pub(crate) fields: ProductFields,
    /// What was not as it is to be.
    pub(crate) changed: Vec<&'static str>,
    /// It bore no mark of ours.
    pub(crate) is_link: bool,
    /// It was archived because the shop did not have it any more.
    pub(crate) is_return: bool,
}

impl Target<'_> {
    /// The pictures that go with it, with their addresses; those that could not be had are left out.
    fn images(&self, addresses: &HashMap<String, String>) -> Vec<(String, String)> {
        let images = self.rendered.images.iter();
        images
            .filter_map(|image| {
                let address = addresses.get(image.identity())?;
                Some((image.identity().to_owned(), address.clone()))
            })
            .collect()
    }

    /// A variant that the marketplace does not have, whole.
    pub(crate) fn create(&self) -> gateway_core::gateway::NewItem {
        let mut item = self.rendered.item.clone();
        let mut mark = self.rendered.mark.clone();
        mark.images = self.pictures.map(|addresses| self.images(addresses)).unwrap_or_default();
        mark.family = self.family;
        mark.hash = Fingerprint::of_mark(&mark).to_string();
        item.product.images = mark.images.iter().map(|(_, address)| address.clone()).collect();
        item.product.tags.extend(self.family.filter(|family| !mark.tags.contains(family)));
        item.product.data.set_source(&mark);
        item
    }

    /// What has to be written to the product that the marketplace has; `None`: nothing.
    ///
    /// # Errors
    /// The name of a field of the marketplace's that cannot be written back.
    pub(crate) fn update(&self, listed: &ListedProduct) -> Result<Option<Update>, &'static str> {
        let desired = &self.rendered.item;
        let last = self.last(listed);
        let is_link = last.is_none();
        let last = last.unwrap_or_else(|| SourceMark::new(self.rendered.mark.id.clone()));
        let mut fields = listed.to_fields()?;
        let Rendered { mark: new, .. } = self.rendered;
        let mut mark = SourceMark {
            id: new.id.clone(),
            sent: new.sent.clone(),
            mapping: new.mapping,
            is_gone: false,
            ..last.clone()
        };
        let mut changed = Vec::new();

        self.untold.keep(&mut mark.sent, &last.sent);
        for field in Field::ALL.into_iter().filter(|field| !self.untold.has(*field)) {
            let now = mark.sent.get(field.name());
            // What the marketplace shows may be older than what it was sent.
            let was_sent = self.link.map(|link| link.sent.get(field.name()));
            if last.sent.get(field.name()) != now || was_sent.is_some_and(|sent| sent != now) {
                field.take(&desired.product, &mut fields);
                changed.push(field.name());
            }
        }
        let also = |mark: &SourceMark| mark.sent.get(ALSO).cloned();
        if !is_link && (last.id != mark.id || also(&last) != also(&mark)) {
            changed.push("id");
        }
        let for_sale_is_new = changed.contains(&Field::ForSale.name());

        if self.categories_are_told || is_link {
            mark.tags.clone_from(&self.rendered.mark.tags);
        }
        let shared = |mark: &SourceMark| mark.sent.get(SHARED_FAMILY).cloned();
        // A family of its own keeps its tag when one variant is left. The tag of a family that it has left is the others'.
        let has_left = shared(&last).is_some() && shared(&last) != shared(&mark);
        mark.family = match self.untold.families {
            true => last.family,
            false => self.family.or(last.family.filter(|_| !has_left)),
        };
        // What the marketplace shows may be older than what it was sent, in this as in the fields.
        let newer = self.link.filter(|link| link.hash != last.hash);
        if !same_set(&mark.tags, &last.tags) || newer.is_some_and(|link| !same_set(&mark.tags, &link.tags)) {
            changed.push("categories");
        }
        let family_is_new = mark.family != last.family
            || shared(&mark) != shared(&last)
            || newer.is_some_and(|link| mark.family != link.family);
        if family_is_new && !self.untold.families {
            changed.push("family");
        }
        fields.tags = self.tags(&fields.tags, &last, &mark, is_link);

        if let Some(addresses) = self.pictures {
            mark.images = self.images(addresses);
            let identities = |mark: &SourceMark| {
                mark.images.iter().map(|(identity, _)| identity.clone()).collect::<Vec<_>>()
            };
            let was_sent = newer.map(|link| link.mark(mark.id.clone()));
            let is_newer = was_sent.is_some_and(|was_sent| identities(&mark) != identities(&was_sent));
            if identities(&mark) != identities(&last) || is_newer {
                changed.push("images");
                fields.images = self.pictures_beside_others(&fields.images, &last, &mark, is_link);
            } else {
                mark.images.clone_from(&last.images);
            }
        }

        if changed.is_empty() && !is_link && !last.is_gone {
            return Ok(None);
        }
        mark.hash = Fingerprint::of_mark(&mark).to_string();
        fields.data.set_source(&mark);
        let now = listed.shop_item();
        let returns = last.is_gone && listed.archived;
        let item = ShopItem {
            guid: listed.guid,
            archived: now.archived && !returns,
            for_sale: match (is_link, for_sale_is_new) {
                // Somebody may have taken it off sale before we knew it.
                (true, _) => now.for_sale && desired.for_sale,
                (false, true) => desired.for_sale,
                (false, false) => now.for_sale,
            },
            // What comes back is stocked as what is new; else levels are not an import's affair.
            stock_level: if returns { desired.stock_level.into() } else { now.stock_level },
        };
        let item = (item != now).then_some(item);
        Ok(Some(Update { item, fields, changed, is_link, is_return: returns }))
    }

    /// What was last said of it: by its mark, and where somebody has taken that away, by what is remembered.
    fn last(&self, listed: &ListedProduct) -> Option<SourceMark> {
        let id = &self.rendered.mark.id;
        let mark = listed.data.source().filter(|mark| mark.id == *id || self.is_by_other_id(&mark.id));
        let link = self.link.filter(|link| link.guid == listed.guid);
        match (mark, link) {
            // Without a mark it was archived all the same, where none could be written.
            (Some(mark), Some(link)) => Some(SourceMark { is_gone: mark.is_gone || link.is_gone, ..mark }),
            (Some(mark), None) => Some(mark),
            (None, link) => link.map(|link| link.mark(id.clone())),
        }
    }

    /// Whether it is this variant by another id of its product.
    fn is_by_other_id(&self, other: &ExternalId) -> bool {
        let mark = &self.rendered.mark;
        let also = mark.sent.get(ALSO).map(String::as_str);
        let is_other = [also, self.was.map(ProductId::as_str)].contains(&Some(other.product.as_str()));
        is_other && *other == ExternalId { product: other.product.clone(), ..mark.id.clone() }
    }

    /// The variant as it is known so far.
    pub(crate) fn known_id(&self) -> ExternalId {
        let id = self.rendered.mark.id.clone();
        match self.was {
            Some(was) => ExternalId { product: was.clone(), ..id },
            None => id,
        }
    }

    /// How the variant goes over to its product's id, if it does.
    pub(crate) fn renamed(&self) -> Option<(VariantKey, ProductId)> {
        let known = self.known_id();
        self.was.map(|_| ((known.product, known.variant), self.rendered.mark.id.product.clone()))
    }

    /// It is archived, and not by us: that stays so.
    pub(crate) fn is_archived_by_a_person(&self, listed: &ListedProduct) -> bool {
        listed.archived && self.last(listed).is_some_and(|last| !last.is_gone)
    }

    /// (The marketplace's − last sent) ∪ new, when what we say has changed.
    fn tags(&self, there: &[Guid], last: &SourceMark, new: &SourceMark, is_link: bool) -> Vec<Guid> {
        if !is_link && same_set(&last.tags, &new.tags) && last.family == new.family {
            return there.to_vec();
        }
        let is_ours = |tag: &Guid| last.tags.contains(tag) || last.family == Some(*tag);
        // What an earlier connector made a family by would stand beside ours.
        let is_older = |tag: &Guid| is_link && new.family.is_some() && self.older_families.contains(tag);
        let wanted: Vec<Guid> = new.tags.iter().copied().chain(new.family).collect();
        let of_others = there.iter().filter(|tag| wanted.contains(tag) || !(is_ours(tag) || is_older(tag)));
        let mut tags: Vec<Guid> = of_others.copied().collect();
        for tag in wanted {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }

    /// Ours in their order, then those that people have added. What a product without a mark shows is of an earlier
    /// connector, and would be there twice.
    fn pictures_beside_others(
        &self,
        there: &[String],
        last: &SourceMark,
        new: &SourceMark,
        is_link: bool,
    ) -> Vec<String> {
        let ours: Vec<String> = new.images.iter().map(|(_, address)| address.clone()).collect();
        if is_link {
            // Without any picture of ours those that are there are better than none.
            return if ours.is_empty() { there.to_vec() } else { ours };
        }
        let was_ours = |address: &String| last.images.iter().any(|(_, own)| own == address);
        let of_others: Vec<String> =
            there.iter().filter(|address| !was_ours(address) && !ours.contains(address)).cloned().collect();
        ours.into_iter().chain(of_others).collect()
    }
}

/// What is written to a variant before it is archived: the mark that says why.
///
/// # Errors
/// The name of a field of the marketplace's that cannot be written back.
pub(crate) fn farewell(listed: &ListedProduct) -> Result<Option<ProductFields>, &'static str> {
    let Some(mark) = listed.data.source().filter(|mark| !mark.is_gone) else { return Ok(None) };
    let mut fields = listed.to_fields()?;
    fields.data.set_source(&SourceMark { is_gone: true, ..mark });
    Ok(Some(fields))
}

fn same_set(left: &[Guid], right: &[Guid]) -> bool {
    let set = |guids: &[Guid]| guids.iter().copied().collect::<HashSet<_>>();
    set(left) == set(right)
}
