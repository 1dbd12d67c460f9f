//! Asking for settings that are missing: on a terminal by dialogue, without one by a line on standard error and a line
//! of standard input.

use std::cell::Cell;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use connector::{RunError, Setting};
use dialoguer::console::Term;
use secrecy::SecretString;

/// How is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// A person sits at a terminal.
    Terminal,
    /// Something answers through a pipe, or a person without a terminal (`docker run -i`).
    Lines {
        /// Whether the prompts are shown.
        show: bool,
    },
}

impl How {
    /// By what standard input and standard error are. A quiet run without a terminal shows no prompts: cron would mail
    /// them.
    pub(crate) fn find(quiet: bool) -> Self {
        if io::stdin().is_terminal() && io::stderr().is_terminal() {
            Self::Terminal
        } else {
            Self::Lines { show: !quiet }
        }
    }
}

/// After so many empty answers to a question at a terminal there is nobody who answers.
const MOST_EMPTY: usize = 3;

/// The name of a setting's option, without dashes.
pub(crate) fn option(setting: &Setting) -> String {
    if setting.is_secret { format!("{}-file", setting.option) } else { setting.option.to_owned() }
}

/// Asks for settings, in their order, and answers them by their variable.
pub(crate) fn all(settings: &[Setting], how: How) -> Result<Vec<(&'static str, SecretString)>, RunError> {
    settings
        .iter()
        .map(|setting| {
            let answer = match how {
                How::Terminal => at_terminal(setting)?,
                How::Lines { show } => by_line(setting, show)?,
            };
            Ok((setting.variable, answer))
        })
        .collect()
}

fn at_terminal(setting: &Setting) -> Result<SecretString, RunError> {
    let terminal = Term::stderr();
    let empty = Cell::new(0);
    let wrong = |text: &String| match text.trim() {
        // The last empty answer goes through, and is the end of the questions.
        "" if empty.get() + 1 < MOST_EMPTY => {
            empty.set(empty.get() + 1);
            Err("an answer is needed".to_owned())
        }
        "" => Ok(()),
        text => (setting.check)(text),
    };
    let answer = if setting.is_secret {
        dialoguer::Password::new()
            .with_prompt(setting.prompt)
            .allow_empty_password(true)
            .validate_with(wrong)
            .interact_on(&terminal)
    } else {
        dialoguer::Input::<String>::new()
            .with_prompt(setting.prompt)
            .allow_empty(true)
            .validate_with(wrong)
            .interact_text_on(&terminal)
    };
    let answer = answer.map_err(|error| unheard(setting, &error.into()))?;
    match answer.trim() {
        "" => Err(missing(setting, "no answer came")),
        answer => Ok(answer.into()),
    }
}

fn by_line(setting: &Setting, show: bool) -> Result<SecretString, RunError> {
    if show {
        // A prompt that cannot be shown leaves an answer that can still come.
        let _unshown = writeln!(io::stderr().lock(), "{}:", setting.prompt);
    }
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line).map_err(|error| unheard(setting, &error))?;
    if read == 0 {
        return Err(missing(setting, "standard input ended before it was told"));
    }
    let answer = line.trim();
    if answer.is_empty() {
        return Err(missing(setting, "the line for it is empty"));
    }
    (setting.check)(answer).map_err(|what| {
        RunError::settings(format!("{}: {what}", setting.prompt), "answer again with a right one")
    })?;
    Ok(answer.into())
}

fn missing(setting: &Setting, why: &str) -> RunError {
    RunError::settings(
        format!("{} is missing: {why}", setting.prompt),
        format!("give it by --{} or the environment variable {}", option(setting), setting.variable),
    )
}

fn unheard(setting: &Setting, error: &io::Error) -> RunError {
    match error.kind() {
        // Ctrl-C while a key was waited for.
        io::ErrorKind::Interrupted => RunError::Stopped,
        io::ErrorKind::UnexpectedEof => missing(setting, "the input ended before it was told"),
        _ => missing(setting, &format!("the input cannot be read: {error}")),
    }
}

/// The state of the terminal, to be put back when a dialogue is left in the middle: a hidden answer switches the echo
/// off.
pub(crate) struct TerminalState(#[cfg(unix)] Option<rustix::termios::Termios>);

impl TerminalState {
    /// Keeps the state, where somebody is asked at a terminal.
    pub(crate) fn save(how: How) -> Self {
        Self(
            #[cfg(unix)]
            (how == How::Terminal).then(|| rustix::termios::tcgetattr(io::stdin()).ok()).flatten(),
        )
    }

    /// Puts the state back.
    pub(crate) fn put_back(&self) {
        #[cfg(unix)]
        if let Some(state) = &self.0 {
            // Where it cannot be put back there is no terminal any more.
            let _gone = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, state);
        }
    }
}
