//! The one writer of both streams: whole lines, never in the middle of the progress, never a terminal's escapes from
//! elsewhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::ProgressBar;

use super::plain;
use crate::stop::Stop;

/// Standard output and standard error.
#[derive(Clone)]
pub(crate) struct Screen(Arc<Inner>);

struct Inner {
    stop: Stop,
    /// The bar that is on the terminal now. Who writes a line has it out of the way meanwhile.
    bar: Mutex<Option<ProgressBar>>,
}

impl Screen {
    pub(super) fn new(stop: Stop) -> Self {
        Self(Arc::new(Inner { stop, bar: Mutex::new(None) }))
    }

    /// A line on standard output. When it cannot be written the run is asked to stop.
    pub(super) fn out(&self, line: &str) {
        let line = format!("{}\n", plain::line(line));
        self.write_out(line.as_bytes());
    }

    /// Bytes on standard output as they are, a terminal spared.
    pub(super) fn bytes(&self, bytes: &[u8]) {
        if io::stdout().is_terminal() {
            String::from_utf8_lossy(bytes).lines().for_each(|line| self.out(line));
        } else {
            self.write_out(bytes);
        }
    }

    fn write_out(&self, bytes: &[u8]) {
        let written = self.aside(|| {
            let mut out = io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        });
        if let Err(error) = written {
            self.0.stop.output_failed(&error);
        }
    }

    /// A line on standard error.
    pub(crate) fn err(&self, line: &str) {
        let line = format!("{}\n", plain::line(line));
        // Where standard error is closed there is nobody to tell so.
        let _unread = self.aside(|| io::stderr().lock().write_all(line.as_bytes()));
    }

    /// Puts a bar on the terminal, or takes it away.
    pub(super) fn bar(&self, bar: Option<ProgressBar>) {
        let mut place = self.0.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = std::mem::replace(&mut *place, bar) {
            old.finish_and_clear();
        }
    }

    fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        // The lock is held so that two lines do not mix.
        let bar = self.0.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match &*bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}
