//! What the shop does not tell of any of its goods: what was sent of that before stays.

use std::collections::BTreeMap;

use super::Import;
use super::family::SHARED_FAMILY;
use super::fingerprint::{Field, Fingerprint};
use super::holdings::Link;
use super::pictures::Images;
use crate::{Rendered, RunError, Untold};

impl Untold {
    /// Whether a field is one that the shop does not tell.
    pub(crate) fn has(self, field: Field) -> bool {
        match field {
            Field::Attributes => self.families,
            Field::Vat => self.vat,
            Field::ForSale => self.for_sale,
            Field::Brief => self.briefs,
            Field::Name | Field::Description | Field::Sku | Field::Price | Field::Ean => false,
        }
    }

    fn has_fields(self) -> bool {
        Field::ALL.into_iter().any(|field| self.has(field))
    }

    /// Puts what was last sent of what is not told in the place of what would be sent now.
    pub(crate) fn keep(self, now: &mut BTreeMap<String, String>, last: &BTreeMap<String, String>) {
        let fields = Field::ALL.into_iter().filter(|field| self.has(*field)).map(Field::name);
        for name in fields.chain(self.families.then_some(SHARED_FAMILY)) {
            match last.get(name) {
                Some(digest) => now.insert(name.to_owned(), digest.clone()),
                None => now.remove(name),
            };
        }
    }
}

impl Import<'_> {
    /// Whether pictures are this run's affair.
    pub(crate) fn sends_pictures(&self) -> bool {
        self.pictures.mode != Images::None && !self.untold.pictures
    }

    /// Whether the categories of goods that are linked are this run's affair.
    pub(crate) fn tells_categories(&self) -> bool {
        self.categories.is_some() && !self.untold.categories
    }

    /// Whether there is nothing to be written about a linked variant.
    pub(crate) async fn is_unchanged(
        &self,
        link: &Link,
        rendered: &Rendered,
        is_family: bool,
    ) -> Result<bool, RunError> {
        let has_its_tag = link.has_family || !is_family || self.untold.families;
        Ok(!link.is_gone && has_its_tag && self.is_as_sent(link, rendered).await?)
    }

    /// Whether it would be sent as it was last sent.
    pub(crate) async fn is_as_sent(&self, link: &Link, rendered: &Rendered) -> Result<bool, RunError> {
        let (sent, now) = (link.fingerprint, rendered.fingerprint);
        if (self.tells_categories() && sent.categories != now.categories)
            || (self.sends_pictures() && sent.pictures != now.pictures)
        {
            return Ok(false);
        }
        Ok(sent.fields == now.fields
            || (self.untold.has_fields() && self.has_same_told(link, rendered).await?))
    }

    /// Whether the fields would be sent as they were, but for those that the shop does not tell. One hash of all of them does not say that;
    /// what is remembered of each does, and to ask that is cheaper than to ask the marketplace.
    async fn has_same_told(&self, link: &Link, rendered: &Rendered) -> Result<bool, RunError> {
        let remembered = self.memory.store().links_to(&[link.guid]).await?;
        let is_same =
            remembered.iter().filter(|last| Link::remembered(last).key() == link.key()).any(|last| {
                let mut now = rendered.mark.sent.clone();
                self.untold.keep(&mut now, &last.sent);
                now == last.sent && Fingerprint::of(&now, &[], []).fields == link.fingerprint.fields
            });
        Ok(is_same)
    }
}
