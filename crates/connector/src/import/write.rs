//! Writing to the marketplace: each write with what is told of it, and what its failure means.

use gateway_core::assumptions::LIST_PAGE;
use gateway_core::gateway::{Guid, ListedProduct, NewItem, SourceMark};
use gateway_core::model::{ExternalId, Reject, RejectReason};

use super::Import;
use super::fate::Fate;
use super::plan::{Target, Update, farewell};
use super::settle::Unknown;
use crate::{Change, ChangeKind, Rendered, RunError, Warning};

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

    /// Creates variants of one product.
    pub(crate) async fn create(&self, items: Vec<NewItem>) -> Result<(), RunError> {
        if items.is_empty() {
            return Ok(());
        }
        if self.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        let results = self.gateway.create(&items).await;
        let mut ended = Ok(());
        // However many variants a call carries, its failure is one.
        let (mut answered, mut failure) = (false, None);
        for (item, result) in items.into_iter().zip(results) {
            let Some(mark) = item.product.data.source() else { continue };
            match result.map_err(Fate::of) {
                Ok(guid) => {
                    answered = true;
                    self.created(guid, &item, &mark);
                }
                Err(Fate::Unknown) => {
                    failure = Some(RejectReason::OutcomeUnknown);
                    self.note_unknown(Unknown { item, id: mark.id, since: self.clock.moment() });
                }
                Err(Fate::Reject(reason)) => {
                    answered = true;
                    self.reject_variant(&mark.id, &item.product.name, reason);
                }
                Err(Fate::Failed(reason)) => {
                    failure = Some(reason.clone());
                    self.reject_variant(&mark.id, &item.product.name, reason);
                }
                Err(Fate::Run(error)) => ended = ended.and(Err(error)),
            }
        }
        if answered {
            self.health.good();
        } else if let Some(reason) = failure {
            ended = ended.and(self.health.failed(&reason).await);
        }
        ended
    }

    /// A variant has been created.
    pub(crate) fn created(&self, guid: Guid, item: &NewItem, mark: &SourceMark) {
        self.pictures.shown_by(guid, &mark.images);
        self.wrote(guid, &mark.hash, false);
        *Self::lock(&self.last_create) = Some(self.clock.moment());
        let mut firsts = Self::lock(&self.first_creates);
        if firsts.len() < LIST_PAGE {
            firsts.push(guid);
        }
        drop(firsts);
        self.tell_change(ChangeKind::Created, mark, guid, &item.product.name, Vec::new(), None);
    }

    fn tell_change(
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
        listed: Option<&ListedProduct>,
        target: Target<'_>,
    ) -> Result<(), RunError> {
        let rendered = target.rendered;
        let Some(listed) = listed else {
            let gone = "somebody has just deleted it at the marketplace".to_owned();
            self.reject_rendered(rendered, RejectReason::NotTaken(gone));
            return Ok(());
        };
        let update = match target.update(listed) {
            Ok(Some(update)) => update,
            Ok(None) => {
                self.tally.count(|summary| summary.unchanged += 1);
                return Ok(());
            }
            Err(field) => {
                self.reject_rendered(rendered, RejectReason::NotWritable(field.to_owned()));
                return Ok(());
            }
        };
        if !self.options.dry_run {
            if self.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            if let Err(fate) = self.write(listed.guid, &update).await {
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
            self.pictures.shown_by(listed.guid, &mark.images);
            self.wrote(listed.guid, &mark.hash, false);
        }
        self.tell_change(kind, &mark, listed.guid, &fields.name, changed, None);
        Ok(())
    }

    /// First the item, which is repeated as long as the mark does not say that it is done.
    async fn write(&self, guid: Guid, update: &Update) -> Result<(), Fate> {
        if let Some(item) = &update.item {
            let results = self.gateway.set_items(std::slice::from_ref(item)).await;
            results.into_iter().try_for_each(|result| result.map(drop)).map_err(Fate::of_repeatable)?;
        }
        self.gateway.update(guid, &update.fields).await.map_err(Fate::of_repeatable)
    }

    /// Archives a variant, with a mark that says that it was not a person.
    pub(crate) async fn archive(
        &self,
        listed: &ListedProduct,
        double: Option<&'static str>,
    ) -> Result<(), RunError> {
        let Some(mark) = listed.data.source().filter(|_| !listed.archived) else { return Ok(()) };
        let name = listed.name.clone().unwrap_or_default();
        if !self.options.dry_run {
            if self.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            self.say_farewell(listed, &mark).await?;
            if let Err(error) = self.gateway.archive(listed).await {
                return self.not_written(Fate::of_repeatable(error), &mark.id, &name).await;
            }
            self.health.good();
            self.wrote(listed.guid, &mark.hash, true);
        }
        let why = double.or(Some("the shop does not have it any more"));
        self.tell_change(ChangeKind::Archived, &mark, listed.guid, &name, Vec::new(), why);
        Ok(())
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
    async fn not_written(&self, fate: Fate, id: &ExternalId, name: &str) -> Result<(), RunError> {
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
