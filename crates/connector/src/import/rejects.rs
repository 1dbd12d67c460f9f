//! What could not be imported: what is new of it, and what is to be remembered.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use gateway_core::model::{ProductId, Reject, VariantId};
use state::{RejectRow, StateError, Store};

use super::holdings::{Key, key, short_product_key};

/// Rejects of the runs before this one, and of this one.
#[derive(Debug, Default)]
pub(crate) struct Rejects {
    now: DateTime<Utc>,
    /// Those that are remembered, by their products.
    before: HashMap<u64, HashMap<Key, DateTime<Utc>>>,
    /// Those of products that have not come to their end.
    open: BTreeMap<ProductId, Vec<RejectRow>>,
}

/// What makes two rejects of a product the same.
fn row_key(variant: Option<&VariantId>, reason: &str) -> Key {
    key(&format!("{}\n{reason}", variant.map(VariantId::as_str).unwrap_or_default()))
}

impl Rejects {
    /// What is remembered. `now` is the time of what comes to it.
    pub(crate) async fn recall(store: &Store, now: DateTime<Utc>) -> Result<Self, StateError> {
        let mut rejects = Self { now, ..Self::default() };
        let mut remembered = std::pin::pin!(store.rejects());
        while let Some(reject) = remembered.try_next().await? {
            let of_product = rejects.before.entry(short_product_key(&reject.product)).or_default();
            of_product.insert(row_key(reject.row.variant.as_ref(), &reject.row.reason), reject.row.since);
        }
        Ok(rejects)
    }

    /// What is remembered of a product holds for its new id, unless there is something remembered of that.
    pub(crate) fn rename(&mut self, from: &ProductId, to: &ProductId) {
        if let Some(before) = self.before.remove(&short_product_key(from)) {
            self.before.entry(short_product_key(to)).or_insert(before);
        }
    }

    /// Adds a reject, and tells whether it was not there before.
    pub(crate) fn add(&mut self, reject: &Reject) -> bool {
        let reason = reject.reason.to_string();
        let before = self.before.get(&short_product_key(&reject.product));
        let since = before.and_then(|before| before.get(&row_key(reject.variant.as_ref(), &reason))).copied();
        self.open.entry(reject.product.clone()).or_default().push(RejectRow {
            variant: reject.variant.clone(),
            name: reject.name.clone(),
            reason,
            since: since.unwrap_or(self.now),
        });
        since.is_none()
    }

    /// What is to be remembered of a product that has come to its end; `None` when it is remembered already.
    pub(crate) fn of(&mut self, product: &ProductId) -> Option<(ProductId, Vec<RejectRow>)> {
        let rows = self.open.remove(product).unwrap_or_default();
        let keys: HashSet<Key> = rows.iter().map(|row| row_key(row.variant.as_ref(), &row.reason)).collect();
        let is_same = match self.before.get(&short_product_key(product)) {
            Some(before) => before.len() == keys.len() && keys.iter().all(|key| before.contains_key(key)),
            None => rows.is_empty(),
        };
        (!is_same).then(|| (product.clone(), rows))
    }

    /// What was rejected of products that had come to their end before.
    pub(crate) fn late(&mut self) -> Vec<(ProductId, Vec<RejectRow>)> {
        std::mem::take(&mut self.open).into_iter().collect()
    }
}

/// Products whose rejects are remembered, and that are chosen.
///
/// # Errors
/// When the state fails.
pub(crate) async fn remembered(
    store: &Store,
    is_chosen: impl Fn(&ProductId) -> bool,
) -> Result<Vec<ProductId>, StateError> {
    let mut chosen: Vec<ProductId> = Vec::new();
    let mut remembered = std::pin::pin!(store.rejects());
    while let Some(reject) = remembered.try_next().await? {
        if chosen.last() != Some(&reject.product) && is_chosen(&reject.product) {
            chosen.push(reject.product);
        }
    }
    Ok(chosen)
}
