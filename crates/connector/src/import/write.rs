//! Writing to the marketplace: each write with what is told of it, and what its failure means.

use gateway_core::assumptions::{LIST_PAGE, STOCK_LEVEL_OF_UNKNOWN};
use gateway_core::gateway::{self, Guid, ListedProduct, NewItem, SourceMark};
use gateway_core::model::{ExternalId, Reject, RejectReason};
use rust_decimal::Decimal;
use state::{Changes, Intent, VariantKey};
use transport::Outcome;

use super::Import;
use super::fate::Fate;
use super::missing::Missing;
use super::plan::{Target, Update, farewell};
use super::settle::{INTENT_BEAT, Unknown};
use crate::{Change, ChangeKind, Rendered, RunError, Warning};

fn variant_key(mark: SourceMark) -> VariantKey {
    (mark.id.product, mark.id.variant)
}

/// What is remembered of a level that was sent: both sides agree on it, unless it stands for one that nobody knows.
fn base_of(level: u32) -> Option<Decimal> {
    Some(level).filter(|level| *level != STOCK_LEVEL_OF_UNKNOWN).map(Decimal::from)
}

/// Why something is archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parting {
    /// The shop does not have it any more.
    Gone,
    /// It is there twice, and the other one is linked under the same id.
    Double,
    /// It is there twice, and the other one is linked under another id of its product.
    OtherId,
}

impl Parting {
    fn words(self) -> &'static str {
        match self {
            Self::Gone => "the shop does not have it any more",
            Self::Double | Self::OtherId => "the marketplace had it twice",
        }
    }
}

impl Import<'_> {
    pub(crate) fn reject_variant(&self, id: &ExternalId, name: &str, reason: RejectReason) {
        self.tally.reject(&Reject {
            product: id.product.clone(),
            variant: Some(id.variant.clone()),
            name: Some(name.to_owned()),
            sku: None,
            reason,
        });
    }

    pub(crate) fn reject_rendered(&self, rendered: &Rendered, reason: RejectReason) {
        self.reject_variant(&rendered.mark.id, &rendered.item.product.name, reason);
    }

    /// Creates variants of one product. `before` is remembered before it, with what is about to be created.
    pub(crate) async fn create(&self, items: Vec<NewItem>, mut before: Changes) -> Result<(), RunError> {
        let is_stopped = self.stop.is_cancelled();
        if !is_stopped {
            before.intents = self.intents(&items);
        }
        self.journal.record(before).await?;
        if items.is_empty() {
            return Ok(());
        }
        if is_stopped {
            return Err(RunError::Stopped);
        }
        let (results, mut ended) = self.send_new(&items).await;
        let mut after = Changes::default();
        // However many variants a call carries, its failure is one.
        let (mut answered, mut failure) = (false, None);
        for (item, result) in items.into_iter().zip(results) {
            let Some(mark) = item.product.data.source() else { continue };
            let was_not_done = result.as_ref().is_err_and(|error| error.outcome() == Outcome::NotDone);
            match result.map_err(Fate::of) {
                Ok(guid) => {
                    answered = true;
                    after.created.extend(self.created(guid, &item));
                }
                Err(Fate::Unknown) => {
                    failure = Some(RejectReason::OutcomeUnknown);
                    let shown = self.clock.moment() + self.options.settle;
                    self.note_unknown(Unknown { item: Some(item), id: mark.id, shown, is_earlier: false });
                }
                Err(Fate::Reject(reason)) => {
                    answered = true;
                    self.reject_variant(&mark.id, &item.product.name, reason);
                    after.not_created.push(variant_key(mark));
                }
                Err(Fate::Failed(reason)) => {
                    failure = Some(reason.clone());
                    self.reject_variant(&mark.id, &item.product.name, reason);
                    after.not_created.push(variant_key(mark));
                }
                // Unless that is certain, the next run finds out whether it was done.
                Err(Fate::Run(error)) => {
                    ended = ended.and(Err(error));
                    after.not_created.extend(was_not_done.then(|| variant_key(mark)));
                }
            }
        }
        ended = ended.and(self.journal.record(after).await);
        if answered {
            self.health.good();
        } else if let Some(reason) = failure {
            ended = ended.and(self.health.failed(&reason).await);
        }
        ended
    }

    /// What is about to be created, as it is remembered until it is known what became of it.
    fn intents(&self, items: &[NewItem]) -> Vec<Intent> {
        let at = self.clock.now();
        let intent = |item: &NewItem| {
            let (product, variant) = variant_key(item.product.data.source()?);
            Some(Intent { product, variant, at, stock_base: base_of(item.stock_level) })
        };
        items.iter().filter_map(intent).collect()
    }

    /// Sends what is new. While it waits (a marketplace that is asked too often makes everybody wait), the time of the attempt is
    /// written down again and again: it may be tried late, and must not be taken for settled too soon.
    async fn send_new(&self, items: &[NewItem]) -> (Vec<Result<Guid, gateway::Error>>, Result<(), RunError>) {
        let mut sending = std::pin::pin!(self.gateway.create(items));
        let mut remembered = Ok(());
        loop {
            // A socket lives in real time, whatever clock the run is on.
            match tokio::time::timeout(INTENT_BEAT, &mut sending).await {
                Ok(results) => return (results, remembered),
                Err(_) => {
                    let again = Changes { intents: self.intents(items), ..Changes::default() };
                    remembered = remembered.and(self.journal.record(again).await);
                }
            }
        }
    }

    /// A variant has been created; answers with what is to be remembered of it.
    pub(crate) fn created(&self, guid: Guid, item: &NewItem) -> Option<state::Link> {
        let mark = item.product.data.source()?;
        self.wrote(guid, &mark.hash, false);
        let mut firsts = Self::lock(&self.first_creates);
        if firsts.len() < LIST_PAGE {
            firsts.push(guid);
        }
        drop(firsts);
        self.tell_change(ChangeKind::Created, &mark, guid, &item.product.name, Vec::new(), None);
        Some(state::Link { stock_base: base_of(item.stock_level), ..state::Link::of_mark(guid, mark) })
    }

    /// A run before this one has created a variant, and did not come to saying so.
    pub(crate) fn tell_created(&self, mark: &SourceMark, listed: &ListedProduct) {
        let name = listed.name.as_deref().unwrap_or_default();
        self.tell_change(ChangeKind::Created, mark, listed.guid, name, Vec::new(), None);
    }

    pub(super) fn tell_change(
        &self,
        kind: ChangeKind,
        mark: &SourceMark,
        guid: Guid,
        name: &str,
        fields: Vec<&'static str>,
        why: Option<&'static str>,
    ) {
        let is_done = !self.options.dry_run;
        self.tally.changed(&Change { kind, is_done, id: &mark.id, guid, name, fields, why });
    }

    /// Writes what differs to a variant that the marketplace has.
    pub(crate) async fn update(
        &self,
        guid: Guid,
        listed: Option<&ListedProduct>,
        target: Target<'_>,
    ) -> Result<(), RunError> {
        let rendered = target.rendered;
        let Some(listed) = listed else {
            let name = rendered.item.product.name.clone();
            self.note_missing(Missing { id: target.known_id(), guid, name: Some(name) });
            return Ok(());
        };
        if target.is_archived_by_a_person(listed) {
            self.leave_archived(&rendered.mark.id.product, 1);
            if let Some(was) = target.was {
                self.move_mark(listed, &rendered.mark, was).await?;
            }
            return Ok(());
        }
        self.compare_level_there(&target, listed);
        let mut update = match target.update(listed) {
            Ok(Some(update)) => update,
            Ok(None) => {
                self.tally.count(|summary| summary.unchanged += 1);
                // A run before this one wrote it, and did not come to remembering that.
                let mark = listed.data.source().into_iter();
                let written = mark.map(|mark| state::Link::of_mark(listed.guid, mark)).collect();
                let renamed = target.renamed().into_iter().collect();
                return self.journal.record(Changes { renamed, written, ..Changes::default() }).await;
            }
            Err(field) => {
                self.reject_rendered(rendered, RejectReason::NotWritable(field.to_owned()));
                return Ok(());
            }
        };
        let known_id = target.known_id();
        let is_restocked =
            update.is_return && !self.open_levels(&known_id.product).await?.contains_key(&known_id.variant);
        if let Some(item) = update.item.as_mut().filter(|_| !is_restocked) {
            item.stock_level = listed.shop_item().stock_level;
        }
        if !self.options.dry_run {
            if self.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            if let Err(fate) = self.write(&known_id, listed.guid, &update, is_restocked).await {
                return self.not_written(fate, &rendered.mark.id, &rendered.item.product.name).await;
            }
            self.health.good();
        }
        let Update { fields, changed, is_link, is_return, .. } = update;
        let kind = match (is_link, is_return) {
            (true, _) => ChangeKind::Linked,
            (_, true) => ChangeKind::Restored,
            _ => ChangeKind::Updated,
        };
        let mark = fields.data.source().unwrap_or_else(|| rendered.mark.clone());
        if !self.options.dry_run {
            self.wrote(listed.guid, &mark.hash, false);
        }
        self.tell_change(kind, &mark, listed.guid, &fields.name, changed, None);
        let mut link = state::Link::of_mark(listed.guid, mark);
        let mut changes = Changes { renamed: target.renamed().into_iter().collect(), ..Changes::default() };
        if is_restocked {
            // It came with the shop's level, as what is new does. That it has no intent does no harm.
            link.stock_base = base_of(rendered.item.stock_level);
            changes.created.push(link);
        } else {
            changes.written.push(link);
        }
        self.journal.record(changes).await
    }

    /// Counts a variant whose level was the same on both sides when it was last known, and is another one at the marketplace now.
    fn compare_level_there(&self, target: &Target<'_>, listed: &ListedProduct) {
        let here = target.rendered.item.stock_level;
        let was_same = target.link.and_then(|link| link.stock_base) == Some(here.into());
        // What was listed has been compared already.
        if !self.known.was_listed && was_same && listed.stock_level.is_some_and(|there| there != here.into())
        {
            self.tally.count(|summary| summary.other_levels += 1);
        }
    }

    /// First the item, which is repeated as long as the mark does not say that it is done.
    async fn write(
        &self,
        id: &ExternalId,
        guid: Guid,
        update: &Update,
        with_level: bool,
    ) -> Result<(), Fate> {
        if let Some(item) = &update.item {
            self.set_item(id, item, with_level).await?;
        }
        self.gateway.update(guid, &update.fields).await.map_err(Fate::of_repeatable)
    }

    /// Archives a variant, with a mark that says that it was not a person.
    pub(crate) async fn archive(&self, listed: &ListedProduct, why: Parting) -> Result<(), RunError> {
        let Some(mark) = listed.data.source() else { return Ok(()) };
        if listed.archived {
            // A run before this one did it, or a person.
            let is_gone = mark.is_gone || why == Parting::OtherId;
            let written = vec![state::Link { is_gone, ..state::Link::of_mark(listed.guid, mark) }];
            let is_linked = why != Parting::Double && !self.options.dry_run;
            let changes = is_linked.then(|| Changes { written, ..Changes::default() });
            return self.journal.record(changes.unwrap_or_default()).await;
        }
        let name = listed.name.clone().unwrap_or_default();
        if !self.options.dry_run {
            if self.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            self.say_farewell(listed, &mark).await?;
            if let Err(fate) = self.archive_item(&mark.id, listed).await {
                return self.not_written(fate, &mark.id, &name).await;
            }
            self.health.good();
            self.wrote(listed.guid, &mark.hash, true);
        }
        self.tell_change(ChangeKind::Archived, &mark, listed.guid, &name, Vec::new(), Some(why.words()));
        if why == Parting::Double {
            // The other one is the link.
            return Ok(());
        }
        let gone = state::Link { is_gone: true, ..state::Link::of_mark(listed.guid, mark) };
        self.journal.record(Changes { written: vec![gone], ..Changes::default() }).await
    }

    /// Writes the mark that says that it was not a person who archived it. Where that cannot be, it is archived all the
    /// same: nothing stays on sale that is gone.
    async fn say_farewell(&self, listed: &ListedProduct, mark: &SourceMark) -> Result<(), RunError> {
        let why = match farewell(listed) {
            Ok(None) => return Ok(()),
            Ok(Some(fields)) => match self.gateway.update(listed.guid, &fields).await {
                Ok(()) => return Ok(()),
                Err(error) => match Fate::of_repeatable(error) {
                    Fate::Run(error) => return Err(error),
                    other => other.of_run().to_string(),
                },
            },
            Err(field) => {
                format!("the marketplace shows its {field} in a way that could not be written back")
            }
        };
        self.tally.warn(&Warning {
            product: Some(mark.id.product.clone()),
            variant: Some(mark.id.variant.clone()),
            what: format!(
                "it is archived without a word why ({why}): should it come back to the shop, take it out of the archive by hand"
            ),
        });
        Ok(())
    }

    /// What becomes of a variant that could not be written.
    pub(super) async fn not_written(&self, fate: Fate, id: &ExternalId, name: &str) -> Result<(), RunError> {
        match fate {
            Fate::Reject(reason) => {
                self.reject_variant(id, name, reason);
                Ok(())
            }
            Fate::Failed(reason) => {
                let checked = self.health.failed(&reason).await;
                self.reject_variant(id, name, reason);
                checked
            }
            other => Err(other.of_run()),
        }
    }
}
