//! SIGINT and SIGTERM. A handler is set for both, without which the first process of a container would not even get them.

use std::io;

use super::stop::{Stop, Why};

/// Who asks to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// A person: Ctrl-C.
    Interrupt,
    /// A container's runtime, an init system.
    Terminate,
}

impl Signal {
    /// The exit code of a program that ended because of it: 128 and its number.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        }
    }
}

/// Both signals, heard from the moment this is made.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

/// Ctrl-C, heard from the moment this is made.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) -> Signal {
        self.0.recv().await;
        Signal::Interrupt
    }
}

/// Lets the first signal ask the run to stop, and a second one end it at once. To be called within the runtime.
pub(crate) fn listen(stop: Stop) -> io::Result<()> {
    let mut signals = Signals::new()?;
    tokio::spawn(async move {
        let first = signals.next().await;
        stop.ask(Why::Signal(first));
        signals.next().await;
        stop.at_once();
    });
    Ok(())
}
