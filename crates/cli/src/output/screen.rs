//! The one writer of both streams: whole lines, never in the middle of the progress, never a terminal's escapes from
//! elsewhere.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;

use super::plain;
use crate::stop::Stop;

/// Standard output and standard error.
#[derive(Clone)]
pub(crate) struct Screen(Arc<Inner>);

struct Inner {
    stop: Stop,
    is_terminal: bool,
    /// Held while a line is written, so that two lines do not mix.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The bar that is on the terminal now. Who writes a line has it out of the way meanwhile.
    bar: Option<ProgressBar>,
    /// The last line has been written.
    is_closed: bool,
}

impl Screen {
    pub(super) fn new(stop: Stop) -> Self {
        Self(Arc::new(Inner { stop, is_terminal: io::stdout().is_terminal(), state: Mutex::default() }))
    }

    /// Whether a person sees standard output.
    pub(super) fn is_terminal(&self) -> bool {
        self.0.is_terminal
    }

    /// A line on standard output. When it cannot be written the run is asked to stop.
    pub(super) fn out(&self, line: &str) {
        self.write_out(with_end(line).as_bytes());
    }

    /// Bytes on standard output as they are, a terminal spared.
    pub(super) fn bytes(&self, bytes: &[u8]) {
        if self.0.is_terminal {
            String::from_utf8_lossy(bytes).lines().for_each(|line| self.out(line));
        } else {
            self.write_out(bytes);
        }
    }

    fn write_out(&self, bytes: &[u8]) {
        self.output_written(self.state().aside(|| write(io::stdout().lock(), bytes)));
    }

    /// A line on standard error.
    pub(crate) fn err(&self, line: &str) {
        let line = with_end(line);
        // Where standard error is closed there is nobody to tell so.
        let _unread = self.state().aside(|| write(io::stderr().lock(), line.as_bytes()));
    }

    /// Writes the last line, if there is one; nothing comes after it.
    pub(super) fn close(&self, last: Option<&str>) {
        let mut state = self.state();
        let written = last.map_or(Ok(()), |line| {
            let line = with_end(line);
            state.aside(|| write(io::stdout().lock(), line.as_bytes()))
        });
        state.is_closed = true;
        drop(state);
        self.output_written(written);
    }

    fn output_written(&self, written: io::Result<()>) {
        if let Err(error) = written {
            self.0.stop.output_failed(&error);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a bar on the terminal, or takes it away.
    pub(super) fn bar(&self, bar: Option<ProgressBar>) {
        if let Some(old) = std::mem::replace(&mut self.state().bar, bar) {
            old.finish_and_clear();
        }
    }
}

impl State {
    fn aside(&self, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match &self.bar {
            _ if self.is_closed => Ok(()),
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

fn with_end(line: &str) -> String {
    format!("{}\n", plain::line(line))
}

fn write(mut to: impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes).and_then(|()| to.flush())
}
