//! What the user told by options and by the environment. An option goes before its variable; what is empty is as if it
//! were not told.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use clap::ArgMatches;
use connector::{RunError, Setting};
use secrecy::SecretString;

/// A value with the place where it was told.
pub(crate) struct Value {
    /// The value, white space around it cut off.
    pub(crate) text: SecretString,
    /// `--option`, or the name of the variable.
    pub(crate) place: String,
}

/// The arguments of the program, from the named command up to the program itself: an option may stand before or after
/// the command.
pub(crate) struct Told<'a>(Vec<&'a ArgMatches>);

impl<'a> Told<'a> {
    pub(crate) fn new(program: &'a ArgMatches) -> Self {
        let mut levels = vec![program];
        let mut at = program;
        while let Some((_, command)) = at.subcommand() {
            levels.insert(0, command);
            at = command;
        }
        Self(levels)
    }

    /// The names of the commands, from the outermost: `["categories", "list"]`.
    pub(crate) fn command(&self) -> Vec<&'a str> {
        self.0.iter().rev().filter_map(|level| level.subcommand_name()).collect()
    }

    /// Whether an option stands on the command line.
    pub(crate) fn is_on_command_line(&self, option: &str) -> bool {
        self.0.iter().any(|level| {
            matches!(level.try_contains_id(option), Ok(true))
                && level.value_source(option) == Some(clap::parser::ValueSource::CommandLine)
        })
    }

    /// A switch of the command line.
    pub(crate) fn flag(&self, option: &str) -> bool {
        self.0.iter().any(|level| matches!(level.try_get_one::<bool>(option), Ok(Some(true))))
    }

    /// How often a switch is given.
    pub(crate) fn count(&self, option: &str) -> u8 {
        self.0.iter().filter_map(|level| level.try_get_one::<u8>(option).ok()?.copied()).max().unwrap_or(0)
    }

    /// An option's values, with the place where they were told.
    pub(crate) fn values(&self, option: &str) -> Result<Vec<(String, String)>, RunError> {
        for level in &self.0 {
            if let Ok(Some(values)) = level.try_get_many::<String>(option) {
                let texts: Vec<_> = values.map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
                if !texts.is_empty() {
                    return Ok(texts
                        .into_iter()
                        .map(|text| (text.to_owned(), format!("--{option}")))
                        .collect());
                }
            }
        }
        let name = variable_of(option);
        Ok(variable(&name)?.map(|text| (text, name)).into_iter().collect())
    }

    /// An option's value, read by `parse`.
    pub(crate) fn parsed<T>(
        &self,
        option: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, RunError> {
        let Some((text, place)) = self.values(option)?.pop() else { return Ok(None) };
        parse(&text).map(Some).map_err(|what| wrong(&place, &what, option))
    }

    /// A platform's, or the Gateway's, setting as it was told, unchecked.
    pub(crate) fn setting(&self, setting: &Setting) -> Result<Option<Value>, RunError> {
        let told = |text: String, place: String| Some(Value { text: text.into(), place });
        if !setting.is_secret {
            let option = self.0.iter().find_map(|level| level.try_get_one::<String>(setting.option).ok()?);
            if let Some(text) = option.map(|text| text.trim()).filter(|text| !text.is_empty()) {
                return Ok(told(text.to_owned(), format!("--{}", setting.option)));
            }
            return Ok(variable(setting.variable)?.and_then(|text| told(text, setting.variable.to_owned())));
        }
        let option = format!("{}-file", setting.option);
        let path = self.0.iter().find_map(|level| level.try_get_one::<String>(&option).ok()?);
        if let Some(path) = path.filter(|path| !path.trim().is_empty()) {
            let place = format!("--{option}");
            return Ok(told(secret_file(Path::new(path), &place, setting)?, place));
        }
        if let Some(text) = variable(setting.variable)? {
            return Ok(told(text, setting.variable.to_owned()));
        }
        let place = format!("{}_FILE", setting.variable);
        match variable(&place)? {
            Some(path) => Ok(told(secret_file(Path::new(&path), &place, setting)?, place)),
            None => Ok(None),
        }
    }
}

/// The environment variable of an option of ours: its name in capitals.
pub(crate) fn variable_of(option: &str) -> String {
    match option {
        "state" => "STATE_URL".to_owned(),
        "concurrency" => "GATEWAY_CONCURRENCY".to_owned(),
        "settle" => "GATEWAY_SETTLE".to_owned(),
        other => other.to_ascii_uppercase().replace('-', "_"),
    }
}

/// An environment variable, unless it is empty.
pub(crate) fn variable(name: &str) -> Result<Option<String>, RunError> {
    let Some(text) = std::env::var_os(name) else { return Ok(None) };
    let text = text.into_string().map_err(|_| {
        RunError::settings(
            format!("{name}: it holds bytes that are not UTF-8"),
            format!("set {name} again, or leave it out"),
        )
    })?;
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A value that is wrong. `what` does not repeat a secret.
pub(crate) fn wrong(place: &str, what: &str, option: &str) -> RunError {
    let hint = if place.starts_with("--") {
        format!("correct {place}")
    } else {
        format!("correct the environment variable {place}, or give --{option}")
    };
    RunError::settings(format!("{place}: {what}"), hint)
}

fn secret_file(path: &Path, place: &str, setting: &Setting) -> Result<String, RunError> {
    let unread = |why: String| {
        RunError::settings(
            format!("{place}: the file {} {why}", path.display()),
            format!("name a text file that holds this and nothing else: {}", setting.prompt),
        )
    };
    /// Far more than any secret. Somebody may name the wrong file, and that may be of any size.
    const LONGEST: u64 = 64 * 1024;
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    let length = read.map_err(|error| unread(format!("cannot be read: {error}")))?;
    if length as u64 > LONGEST {
        return Err(unread("is too long for one".to_owned()));
    }
    let text = text.trim();
    if text.is_empty() { Err(unread("is empty".to_owned())) } else { Ok(text.to_owned()) }
}
