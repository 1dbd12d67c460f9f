//! `stock`.

use connector::{RunError, Summary, stock};
use state::LeaseKind;

use super::{Session, engine, outstanding};

/// Makes stock levels alike on both sides, or shows what a pass would do.
pub(super) async fn stock(session: &Session) -> Result<(), RunError> {
    let options = &session.stock;
    let remembered = engine::unless_stopped(session, async {
        let whose = session.find_out_whose().await?;
        engine::remember(session, &whose, LeaseKind::Stock, options.dry_run).await
    });
    let remembered = remembered.await?;
    let memory = remembered.memory();
    let begun = session.clock.now();
    session.output.reads_levels();
    let mut summary = Summary::default();
    let listener = |event: connector::Event<'_>| session.output.event(&event);
    let work = stock::run(
        (session.platform()?, session.gateway()?),
        memory,
        options,
        (&session.clock, session.stop.token()),
        &listener,
        &mut summary,
    );
    let done = engine::run(session, memory, work).await;
    session.output.counted(&summary);
    if !options.dry_run && done.is_ok() {
        // The pass is done, whether or not somebody waits for this.
        let left = engine::unless_stopped(session, async {
            outstanding::left_by_a_pass(session, begun).await;
            Ok(())
        });
        let _stopped = left.await;
    }
    done
}
