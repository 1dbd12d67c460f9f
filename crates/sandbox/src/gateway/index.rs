//! The search index behind `_query`: it shows the goods as they were a while ago.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use clock::Moment;
use serde_json::Value;

/// A product as the index shows it.
pub(super) struct Hit {
    pub(super) guid: String,
    pub(super) owner: String,
    /// When it was made, in milliseconds since 1970: an Elasticsearch date has no finer grain, so products of one
    /// millisecond are ordered by their guid alone.
    pub(super) created: i64,
    /// The read shape.
    pub(super) shape: Value,
}

/// The place of a product in the order "newest first, then by guid".
pub(super) type Place = (Reverse<i64>, String);

enum Change {
    Show(Arc<Hit>),
    Remove(String),
}

/// What `_query` sees.
pub(super) struct Index {
    lag: Duration,
    waiting: VecDeque<(Moment, Change)>,
    places: HashMap<String, Place>,
    newest_first: BTreeMap<Place, Arc<Hit>>,
}

impl Index {
    pub(super) fn new(lag: Duration) -> Self {
        Self { lag, waiting: VecDeque::new(), places: HashMap::new(), newest_first: BTreeMap::new() }
    }

    /// Notes how a product looks now; seen when the lag has passed.
    pub(super) fn show(&mut self, now: Moment, hit: Hit) {
        self.waiting.push_back((now + self.lag, Change::Show(Arc::new(hit))));
    }

    /// Notes that a product has gone; seen when the lag has passed.
    pub(super) fn remove(&mut self, now: Moment, guid: &str) {
        self.waiting.push_back((now + self.lag, Change::Remove(guid.to_owned())));
    }

    /// Shows a product at once.
    pub(super) fn show_now(&mut self, hit: Hit) {
        self.apply(Change::Show(Arc::new(hit)));
    }

    /// The goods in the order "newest first, then by guid", as they were when the lag began.
    pub(super) fn newest_first(&mut self, now: Moment) -> &BTreeMap<Place, Arc<Hit>> {
        while let Some((_, change)) = self.waiting.pop_front_if(|(due, _)| *due <= now) {
            self.apply(change);
        }
        &self.newest_first
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Show(hit) => {
                let place = (Reverse(hit.created), hit.guid.clone());
                self.places.insert(hit.guid.clone(), place.clone());
                self.newest_first.insert(place, hit);
            }
            Change::Remove(guid) => {
                if let Some(place) = self.places.remove(&guid) {
                    self.newest_first.remove(&place);
                }
            }
        }
    }
}
