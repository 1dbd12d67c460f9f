//! `import`.

use connector::{RunError, Scope, Summary, import};
use futures::TryStreamExt as _;
use gateway_core::model::ProductId;
use state::{LeaseKind, Store};

use super::{Session, engine};
use crate::keeper::Remembered;

/// Brings the shop's goods into the marketplace, or shows what an import would do.
pub(super) async fn import(session: &Session) -> Result<(), RunError> {
    let remembered = engine::unless_stopped(session, remember(session)).await?;
    let memory = remembered.memory();
    let mut summary = Summary::default();
    let mut options = session.import.clone();
    if session.only_rejected {
        let rejected = rejected(memory.store()).await?;
        if rejected.is_empty() {
            session.output.result_for_people("nothing to do: no product of this shop is rejected");
            summary.nothing_new = true;
            session.output.counted(&summary);
            return Ok(());
        }
        options.scope = Scope::Products(rejected);
    }
    let listener = |event: connector::Event<'_>| session.output.event(&event);
    let work = import::run(
        (session.platform()?, session.gateway()?),
        memory,
        &options,
        (&session.clock, session.stop.token()),
        &listener,
        &mut summary,
    );
    let done = engine::run(session, memory, work).await;
    session.output.counted(&summary);
    done
}

/// Opens the state. A run that writes takes the shop for itself before it asks anything of it, unless only the shop tells which one
/// it is.
async fn remember(session: &Session) -> Result<Remembered, RunError> {
    let whose = session.find_out_whose().await?;
    // What was rejected before is known to the state alone. Without it there is nothing to choose by, and none is made.
    if session.only_rejected && session.keeper.find(&whose).await?.is_none() {
        return Err(RunError::settings(
            format!("nothing is known of this shop here: {}", session.keeper.nothing_known(&whose.shop)?),
            "import the whole catalogue, without --only-rejected: that finds out what is rejected",
        ));
    }
    engine::remember(session, &whose, LeaseKind::Import, session.import.dry_run).await
}

/// The products of which something is rejected, each once. They come in their order.
async fn rejected(store: &Store) -> Result<Vec<ProductId>, RunError> {
    let mut ids: Vec<ProductId> = store.rejects().map_ok(|reject| reject.product).try_collect().await?;
    ids.dedup();
    Ok(ids)
}
