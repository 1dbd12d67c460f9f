//! Products that the shop may tell by another id than the one by which they are linked, because it is read by another way.

use std::collections::{HashMap, HashSet};

use gateway_core::model::ProductId;
use state::Link;

use crate::Scope;
use crate::import::ALSO;

/// The ids by which products are linked, by their other ones. Those that several have are left out, and those by which others are linked.
#[derive(Debug, Default)]
pub(super) struct OtherIds(HashMap<ProductId, ProductId>);

impl OtherIds {
    pub(super) fn of(links: &[Link]) -> Self {
        let also = |link: &Link| ProductId::new(link.sent.get(ALSO)?).ok();
        let mut ids: HashMap<ProductId, ProductId> = HashMap::new();
        let mut taken: HashSet<ProductId> = HashSet::new();
        for link in links.iter().filter(|link| !link.is_gone) {
            let Some(also) = also(link) else { continue };
            let own = ids.entry(also.clone()).or_insert_with(|| link.product.clone());
            if *own != link.product {
                taken.insert(also);
            }
        }
        if !ids.is_empty() {
            taken
                .extend(links.iter().map(|link| &link.product).filter(|own| ids.contains_key(*own)).cloned());
        }
        ids.retain(|also, _| !taken.contains(also));
        Self(ids)
    }

    /// The scope by which the shop is asked for these products, whichever of their ids it knows.
    pub(super) fn scope(&self, scope: &Scope) -> Scope {
        match scope {
            Scope::Products(asked) => {
                let is_asked = |(_, own): &(&ProductId, &ProductId)| asked.contains(*own);
                let others = self.0.iter().filter(is_asked).map(|(also, _)| also);
                Scope::Products(asked.iter().chain(others).cloned().collect())
            }
            other => other.clone(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The other id, and that by which the product is linked.
    pub(super) fn all(&self) -> impl Iterator<Item = (&ProductId, &ProductId)> {
        self.0.iter()
    }
}
