//! Under which id a product is worked at.
//!
//! A shop may be read by two ways that know its goods by different ids. One of them tells the other's id beside its own
//! ([`Product::also`](gateway_core::model::Product::also)), and the marks keep that. So goods go over to the id of the way that knows
//! both, and stay there when the shop is read by the other way again.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use gateway_core::gateway::{Guid, ListedProduct, SourceMark};
use gateway_core::model::{ProductId, RejectReason};
use state::Changes;

use super::Import;
use super::compare::Goods;
use super::fate::Fate;
use super::fingerprint::Fingerprint;
use super::holdings::{Key, Link, Links, key, link_key};
use super::write::Parting;
use crate::{ChangeKind, RunError};

/// Under which name the mark tells the other id of a product, in full, beside the digests of what was sent.
pub(crate) const ALSO: &str = "also";

/// The products that have another id beside their own, by that.
#[derive(Debug, Default)]
pub(crate) struct Aliases(HashMap<Key, Alias>);

#[derive(Debug)]
struct Alias {
    product: ProductId,
    is_live: bool,
    /// Other products that have the same, and are on sale as it is, or are not as it is not.
    rivals: Vec<ProductId>,
}

impl Aliases {
    /// Takes up what was sent of a product. Of two with the same other id the one that is not archived has it.
    pub(crate) fn add(&mut self, sent: &BTreeMap<String, String>, product: &ProductId, is_live: bool) {
        let Some(also) = sent.get(ALSO) else { return };
        let new = || Alias { product: product.clone(), is_live, rivals: Vec::new() };
        let alias = self.0.entry(key(also)).or_insert_with(new);
        match (alias.product == *product, alias.is_live, is_live) {
            (true, ..) => alias.is_live |= is_live,
            (false, false, true) => *alias = new(),
            (false, true, false) => {}
            (false, ..) if alias.rivals.contains(product) => {}
            (false, ..) => alias.rivals.push(product.clone()),
        }
    }
}

/// The links of a product.
pub(crate) struct LinksOf<'a> {
    pub(crate) links: Cow<'a, [Link]>,
    /// Those of them that are under its other id.
    pub(crate) moved: Vec<Guid>,
    /// What is under its other id too.
    pub(crate) doubles: Vec<Guid>,
}

impl Links {
    /// The links of a product, also those under an id that it had. What is under both is the one under its own.
    pub(crate) fn of(&self, id: &ProductId, was: Option<&ProductId>) -> LinksOf<'_> {
        let own = self.of_product(id);
        let mut all = LinksOf { links: Cow::Borrowed(own), moved: Vec::new(), doubles: Vec::new() };
        for link in was.map(|was| self.of_product(was)).unwrap_or_default() {
            match own.iter().find(|own| own.is_same_variant(link)) {
                None => {
                    all.links.to_mut().push(*link);
                    all.moved.push(link.guid);
                }
                // A person has decided which of them is not sold.
                Some(own) if own.is_archived_by_a_person() => {}
                Some(own) if own.guid == link.guid => {}
                Some(_) => all.doubles.extend((!link.is_archived).then_some(link.guid)),
            }
        }
        all
    }

    /// Whether any of a product is on sale.
    fn is_live(&self, product: &ProductId) -> bool {
        self.of_product(product).iter().any(|link| !link.is_archived)
    }
}

/// Under which id a product is worked at, and what else it is known by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: ProductId,
    /// The other id that its mark is to tell.
    pub(crate) also: Option<ProductId>,
    /// An id under which it is linked, and from which its links go over to its own.
    pub(crate) was: Option<ProductId>,
    /// Products that have its id as their other one, where several have: nobody knows which of them it is.
    pub(crate) rivals: Vec<ProductId>,
}

impl Identity {
    pub(crate) fn own(id: &ProductId, also: Option<&ProductId>) -> Self {
        Self { id: id.clone(), also: also.cloned(), was: None, rivals: Vec::new() }
    }

    /// The ids that it is known by beside that by which it came.
    pub(crate) fn others(&self, came: &ProductId) -> impl Iterator<Item = &ProductId> {
        [Some(&self.id), self.was.as_ref()].into_iter().flatten().filter(move |id| *id != came)
    }
}

impl Import<'_> {
    /// What a product is that came by this id, by what is linked.
    pub(crate) fn identity(&self, came: &ProductId, also: Option<&ProductId>) -> Identity {
        let links = &self.known.links;
        let own = Identity::own(came, also);
        let is_linked = !links.of_product(came).is_empty();
        if let Some(also) = also.filter(|also| *also != came) {
            if !is_linked && self.is_open(also) {
                // Nobody knows yet whether it was created by that id. The next run finds it there, or nothing.
                return Identity::own(also, None);
            }
            if !links.of_product(also).is_empty() {
                return Identity { was: Some(also.clone()), ..own };
            }
        }
        match links.aliases.0.get(&key(came.as_str())) {
            Some(alias) if alias.product == *came => own,
            Some(alias) if !alias.rivals.is_empty() => {
                // Where none of them is on sale, it is as if there were none.
                let has_rivals = !is_linked && alias.is_live;
                let rivals = alias.rivals.iter().chain([&alias.product]).filter(|_| has_rivals);
                Identity { rivals: rivals.cloned().collect(), ..own }
            }
            Some(Alias { product, .. }) => {
                let known = Identity::own(product, Some(came));
                match is_linked {
                    false => known,
                    // Of two that are on sale that stays which tells both ids.
                    true if links.is_live(product) => Identity { was: Some(came.clone()), ..known },
                    true => own,
                }
            }
            None => own,
        }
    }

    /// Whether a run before this one may have created some of it.
    fn is_open(&self, product: &ProductId) -> bool {
        self.known.open.values().any(|(open, _)| open == product)
    }

    /// Moves what is not written anyhow, and archives it then if it is gone.
    pub(crate) async fn move_alone(
        &self,
        goods: &Goods,
        listed: &ListedProduct,
        is_gone: bool,
    ) -> Result<(), RunError> {
        let Some(was) = &goods.was else { return Ok(()) };
        let remembered = self.memory.store().links_to(&[listed.guid]).await?;
        let marked = listed.data.source().map(|mark| mark.id.variant);
        let Some(variant) = marked.or_else(|| remembered.into_iter().next().map(|link| link.variant)) else {
            return Ok(());
        };
        let mut mark = SourceMark::new(self.shop.external_id(&goods.id, &variant));
        let also = goods.product.as_ref().and_then(|product| product.also());
        mark.sent.extend(also.map(|also| (ALSO.to_owned(), also.to_string())));
        match self.move_mark(listed, &mark, was).await? {
            Some(moved) if is_gone => self.archive(&moved, Parting::Gone).await,
            _ => Ok(()),
        }
    }

    /// Writes the id of `new` to a variant that was known by another one, and nothing else. Answers with it as it is then; `None` when that
    /// could not be.
    pub(crate) async fn move_mark(
        &self,
        listed: &ListedProduct,
        new: &SourceMark,
        was: &ProductId,
    ) -> Result<Option<ListedProduct>, RunError> {
        let renamed = vec![((was.clone(), new.id.variant.clone()), new.id.product.clone())];
        let Some(old) = listed.data.source() else {
            // Somebody has taken the mark away, and what is remembered holds.
            self.journal.record(Changes { renamed, ..Changes::default() }).await?;
            return Ok(None);
        };
        let known = self.known.links.get(link_key(was, &new.id.variant));
        let is_gone = old.is_gone || known.is_some_and(|link| link.is_gone);
        let mut mark = SourceMark { id: new.id.clone(), is_gone, ..old.clone() };
        match new.sent.get(ALSO) {
            Some(also) => mark.sent.insert(ALSO.to_owned(), also.clone()),
            None => mark.sent.remove(ALSO),
        };
        if mark == old {
            // A run before this one wrote it, and did not come to remembering that.
            let written = vec![state::Link::of_mark(listed.guid, mark)];
            self.journal.record(Changes { renamed, written, ..Changes::default() }).await?;
            return Ok(Some(listed.clone()));
        }
        mark.hash = Fingerprint::of_mark(&mark).to_string();
        let name = listed.name.clone().unwrap_or_default();
        let mut moved = listed.clone();
        moved.data.set_source(&mark);
        if !self.options.dry_run {
            if self.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            let fields = match moved.to_fields() {
                Ok(fields) => fields,
                Err(field) => {
                    self.reject_variant(&mark.id, &name, RejectReason::NotWritable(field.to_owned()));
                    return Ok(None);
                }
            };
            if let Err(fate) = self.gateway.update(listed.guid, &fields).await.map_err(Fate::of_repeatable) {
                return self.not_written(fate, &mark.id, &name).await.map(|()| None);
            }
            self.health.good();
            self.wrote(listed.guid, &mark.hash, listed.archived);
        }
        self.tell_change(ChangeKind::Updated, &mark, listed.guid, &name, vec!["id"], None);
        let written = vec![state::Link::of_mark(listed.guid, mark)];
        self.journal.record(Changes { renamed, written, ..Changes::default() }).await?;
        Ok(Some(moved))
    }
}
