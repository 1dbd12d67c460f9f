//! `import --dry-run`.

use connector::import::{self, Options};
use connector::{RunError, Summary};

use super::{Session, categories};

/// Shows what an import would send. Faults of the mapping file are told before the catalogue is read.
pub(super) async fn dry_run(session: &Session) -> Result<(), RunError> {
    let gateway = session.gateway()?;
    if let Some(mapping) = &session.mapping {
        tokio::select! {
            biased;
            () = session.stop.asked() => return Err(RunError::Stopped),
            faults = categories::faults(session, mapping) => faults?,
        }
    }
    let mut summary = Summary::default();
    let done = import::dry_run(
        session.platform.as_ref(),
        gateway,
        &Options { scope: session.scope.clone() },
        &|event| session.output.event(&event),
        session.stop.token(),
        &mut summary,
    )
    .await;
    session.output.counted(&summary);
    done
}
