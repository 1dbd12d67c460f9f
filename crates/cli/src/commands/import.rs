//! `import`.

use connector::{RunError, Summary, import};

use super::Session;

/// Brings the shop's goods into the marketplace, or shows what an import would do.
pub(super) async fn import(session: &Session) -> Result<(), RunError> {
    let mut summary = Summary::default();
    let done = import::run(
        (session.platform.as_ref(), session.gateway()?),
        &session.import,
        &session.clock,
        &|event| session.output.event(&event),
        session.stop.token(),
        &mut summary,
    )
    .await;
    session.output.counted(&summary);
    done
}
