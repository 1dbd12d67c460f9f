//! Products that the shop may tell by another id than the one by which they are linked, because it is read by another way.

use std::collections::{HashMap, HashSet};

use gateway_core::model::ProductId;
use state::Link;

use super::Pass;
use super::linked::Linked;
use super::read::Told;
use crate::import::ALSO;
use crate::{RunError, Scope};

/// The ids by which products are linked, by their other ones.
#[derive(Debug, Default)]
pub(super) struct OtherIds {
    /// Those that several have are left out, and those by which others are linked.
    ids: HashMap<ProductId, ProductId>,
    /// Products that have no other id, as far as is known.
    without: HashSet<ProductId>,
}

/// By which ids the product of a link is known. Of a whole link much more is remembered than a pass has a use for.
#[derive(Debug)]
pub(super) struct KnownBy {
    product: ProductId,
    also: Option<ProductId>,
    is_gone: bool,
}

impl KnownBy {
    pub(super) fn of(link: &Link) -> Self {
        let also = link.sent.get(ALSO).and_then(|also| ProductId::new(also).ok());
        Self { product: link.product.clone(), also, is_gone: link.is_gone }
    }
}

impl OtherIds {
    pub(super) fn of(links: &[KnownBy]) -> Self {
        let mut ids: HashMap<ProductId, ProductId> = HashMap::new();
        let mut taken: HashSet<ProductId> = HashSet::new();
        for link in links.iter().filter(|link| !link.is_gone) {
            let Some(also) = &link.also else { continue };
            let own = ids.entry(also.clone()).or_insert_with(|| link.product.clone());
            if *own != link.product {
                taken.insert(also.clone());
            }
        }
        if !ids.is_empty() {
            taken
                .extend(links.iter().map(|link| &link.product).filter(|own| ids.contains_key(*own)).cloned());
        }
        ids.retain(|also, _| !taken.contains(also));
        let without = links.iter().filter(|link| !link.is_gone && link.also.is_none());
        Self { ids, without: without.map(|link| link.product.clone()).collect() }
    }

    /// The scope by which the shop is asked for these products, whichever of their ids it knows.
    pub(super) fn scope(&self, scope: &Scope) -> Scope {
        match scope {
            Scope::Products(asked) => {
                let is_asked = |(_, own): &(&ProductId, &ProductId)| asked.contains(*own);
                let others = self.ids.iter().filter(is_asked).map(|(also, _)| also);
                Scope::Products(asked.iter().chain(others).cloned().collect())
            }
            other => other.clone(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Products that have no other id: where the shop tells such, they have not gone over to the ids by which it tells its goods.
    pub(super) fn into_without(self) -> HashSet<ProductId> {
        self.without
    }

    /// The other id, and that by which the product is linked.
    pub(super) fn all(&self) -> impl Iterator<Item = (&ProductId, &ProductId)> {
        self.ids.iter()
    }
}

impl Pass<'_> {
    /// Whether any of what is linked is told of. Where none is, though the shop has goods, it is read by a way that knows them by other ids, and
    /// all of them would be taken off sale.
    pub(super) fn is_read_as_linked(&self, linked: &[Linked], told: &Told) -> Result<(), RunError> {
        let is_gone = |linked: &Linked| told.is_unknown(linked);
        if self.options.scope != Scope::All || self.options.force || !linked.iter().all(is_gone) {
            return Ok(());
        }
        Err(RunError::settings(
            format!(
                "the shop {} tells stock levels, but none of the {} linked variants. Nothing was written",
                self.shop.shop,
                linked.len()
            ),
            "run import first: it finds goods by ids by which the shop was not read before; if the shop has none of them any more, run this \
             once with --force",
        ))
    }
}
