//! A run from its arguments to its exit code.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::ArgMatches;
use clock::{Clock, Moment};
use connector::import::Unmapped;
use connector::{Connector, InvalidSetting, Notes, Platform, RunError, Summary};
use gateway_core::gateway::Gateway;
use tokio::task::JoinError;
use transport::Transport;

use crate::commands::{self, Command, Session, categories};
use crate::output::{Ending, Format, Kind, Output, Requests};
use crate::settings::{self, BASE_URL, KEY, Options, SHOP, Voice};
use crate::signals::Signal;
use crate::stop::{Stop, Why};
use crate::told::{Told, variable};
use crate::{args, ask, log, signals};

const DONE: u8 = 0;
const FAILED: u8 = 1;
const WRONG_SETTINGS: u8 = 2;
const SOME_REJECTED: u8 = 3;
const TRY_LATER: u8 = 75;
/// What a shell calls the end by SIGPIPE: 128 and its number.
const NOBODY_READS: u8 = 141;

/// See [`crate::main`].
pub(crate) fn run(connector: &dyn Connector) -> ExitCode {
    let clock = Clock::system();
    let stop = Stop::default();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let matches = match args::command(connector).try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return usage(&error, &arguments, stop, clock),
    };
    let told = Told::new(&matches);
    if told.command() == ["completions"] {
        return completions(connector, &matches);
    }
    let voice = Voice::read(&told);
    let output = Output::new(
        *voice.as_ref().unwrap_or(&Voice { format: format_of(&arguments), quiet: false, verbosity: 0 }),
        stop.clone(),
        clock.clone(),
    );
    let run = Run { connector, told, clock, stop, output: output.clone(), started: Moment::START };
    let voice = match voice {
        Ok(voice) => voice,
        Err(error) => return run.end(None, Err(error)),
    };
    log::start(voice, connector.name(), output.screen().clone());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return run.end(None, Err(failed(format!("the program cannot start: {error}")))),
    };
    let code = runtime.block_on(run.go(voice));
    // What was left in the middle, and a prompt that nobody answered, end with the process.
    runtime.shutdown_background();
    code
}

/// What clap has to say instead of a run: help, the version, or that the arguments are wrong.
fn usage(error: &clap::Error, arguments: &[OsString], stop: Stop, clock: Clock) -> ExitCode {
    // Where nobody reads, there is nobody to tell.
    let _unread = error.print();
    let exit = u8::try_from(error.exit_code()).unwrap_or(WRONG_SETTINGS);
    if exit != DONE {
        let voice = Voice { format: format_of(arguments), quiet: false, verbosity: 0 };
        let what = error.to_string();
        let what = what.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let requests = Requests::default();
        let took = clock.moment().since(Moment::START);
        Output::new(voice, stop, clock).finished(&Ending { exit, error: Some(what), requests, took });
    }
    ExitCode::from(exit)
}

/// The format as far as it can be told from arguments that are wrong.
fn format_of(arguments: &[OsString]) -> Format {
    let mut last = None;
    for (at, argument) in arguments.iter().enumerate() {
        if argument == "--output" {
            last = arguments.get(at + 1).and_then(|value| value.to_str());
        } else if let Some(value) = argument.to_str().and_then(|text| text.strip_prefix("--output=")) {
            last = Some(value);
        }
    }
    let from_environment = variable("OUTPUT").ok().flatten();
    match last.or(from_environment.as_deref()) {
        Some("json") => Format::Json,
        _ => Format::Text,
    }
}

fn completions(connector: &dyn Connector, matches: &ArgMatches) -> ExitCode {
    let shell = matches
        .subcommand()
        .and_then(|(_, completions)| completions.get_one::<clap_complete::Shell>("shell"));
    let Some(shell) = shell else { return ExitCode::from(WRONG_SETTINGS) };
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut args::command(connector), connector.name(), &mut script);
    let mut out = io::stdout().lock();
    match out.write_all(&script).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(NOBODY_READS),
        Err(_) => ExitCode::from(FAILED),
    }
}

fn failed(what: String) -> RunError {
    RunError::Failed { what, hint: None }
}

struct Run<'a> {
    connector: &'a dyn Connector,
    told: Told<'a>,
    clock: Clock,
    stop: Stop,
    output: Output,
    started: Moment,
}

/// Both sides of a run, to count their requests at its end.
struct Sides {
    platform: Arc<dyn Platform>,
    gateway: Option<Gateway>,
    /// What an import is, should it be one.
    kind: Kind,
}

impl Run<'_> {
    async fn go(&self, voice: Voice) -> ExitCode {
        if let Err(error) = signals::listen(self.stop.clone()) {
            return self.end(None, Err(failed(format!("the program cannot listen for signals: {error}"))));
        }
        let command = Command::named(&self.told.command());
        match self.prepare(command, voice).await {
            Ok((sides, session)) => {
                let done = self.work(command, session).await;
                self.end(Some(&(command, sides)), done)
            }
            Err(error) => self.end(None, Err(error)),
        }
    }

    /// Reads and checks all settings, asks for those that are missing, and opens both sides. Sends nothing.
    async fn prepare(&self, command: Command, voice: Voice) -> Result<(Sides, Session), RunError> {
        if command != Command::Import
            && let Some(option) = args::IMPORT_ONLY.iter().find(|name| self.told.is_on_command_line(name))
        {
            return Err(RunError::settings(
                format!("--{option} is an option of import only"),
                format!("leave --{option} out"),
            ));
        }
        let Options { mut import, mapping, max_time, mut common } =
            Options::read(&self.told, self.connector, &self.clock)?;
        import.mapping = mapping.as_deref().map(categories::read_mapping).transpose()?;
        let output = self.output.clone();
        common.notes = Notes::to(move |what| output.note(what));
        let mut wanted = Vec::new();
        if command.needs_gateway() {
            wanted.extend([KEY, SHOP, BASE_URL]);
        }
        wanted.extend(self.connector.settings());
        let how = ask::How::find(voice.quiet);
        let given = settings::gather(&self.told, &wanted, how, &self.stop).await?;

        let agent = format!("{}/{}", self.connector.name(), env!("CARGO_PKG_VERSION"));
        let transport = Transport::new(transport::Settings::new(agent, self.clock.clone()))
            .map_err(|error| failed(error.to_string()))?;
        let gateway = match command.needs_gateway() {
            true => {
                let (settings, warning) = settings::gateway(&given, import.concurrency)?;
                warning.iter().for_each(|warning| self.output.warn(warning));
                let gateway = Gateway::new(transport.clone(), &settings);
                Some(gateway.map_err(|error| failed(error.to_string()))?)
            }
            false => None,
        };
        let platform: Arc<dyn Platform> =
            self.connector.open(&given, &common, &transport).map_err(|error| self.invalid(&error))?.into();
        let shop = platform.name().map(|name| name.shop.as_str());
        tracing::info!(platform = self.connector.name(), shop, "ready to read");
        if let Some(limit) = max_time {
            let (stop, over) = (self.stop.clone(), self.clock.sleep(limit));
            tokio::spawn(async move {
                over.await;
                stop.ask(Why::MaxTime(limit));
            });
        }
        let has_categories = import.mapping.is_some() || matches!(import.unmapped, Unmapped::Use(_));
        let kind = match (import.dry_run, has_categories) {
            (true, _) => Kind::DryRun,
            (false, true) => Kind::Import,
            (false, false) => Kind::ImportWithoutCategories,
        };
        let session = Session {
            title: self.connector.title(),
            platform: Arc::clone(&platform),
            gateway: gateway.clone(),
            import,
            clock: self.clock.clone(),
            output: self.output.clone(),
            stop: self.stop.clone(),
        };
        Ok((Sides { platform, gateway, kind }, session))
    }

    fn invalid(&self, error: &InvalidSetting) -> RunError {
        let setting = self.connector.settings().iter().find(|setting| setting.variable == error.variable);
        let hint = match setting {
            Some(setting) => format!("correct --{} or {}", ask::option(setting), error.variable),
            None => format!("correct {}", error.variable),
        };
        RunError::settings(error.to_string(), hint)
    }

    /// Lets a command work on a task of its own, so that the run has an end also when the command panics or does not
    /// listen.
    async fn work(&self, command: Command, session: Session) -> Result<(), RunError> {
        let fault = catch_panics();
        let settle = (command == Command::Import && !session.import.dry_run).then_some(session.import.settle);
        let mut task = tokio::spawn(commands::run(command, session));
        tokio::select! {
            done = &mut task => done.unwrap_or_else(|error| Err(broken(&error, &fault))),
            () = self.stop.given_up(&self.clock) => {
                task.abort();
                if let Some(settle) = settle {
                    self.output.warn(&format!(
                        "what was in flight was left in the middle: start again no sooner than in {} s, when the marketplace \
                         shows what was done of it",
                        settle.as_secs()
                    ));
                }
                Err(RunError::Stopped)
            }
        }
    }

    /// Says how the run ended.
    fn end(&self, ran: Option<&(Command, Sides)>, done: Result<(), RunError>) -> ExitCode {
        let Verdict { exit, error, hint } = Verdict::of(done, self.stop.why(), &self.output.so_far());
        if exit == NOBODY_READS {
            return ExitCode::from(exit);
        }
        let requests = ran.map(|(_, sides)| Requests {
            shop: sides.platform.requests(),
            gateway: sides.gateway.as_ref().map_or(0, Gateway::requests),
        });
        let ending = Ending {
            exit,
            error,
            requests: requests.unwrap_or_default(),
            took: self.clock.moment().since(self.started),
        };
        if let Some((Command::Import, sides)) = ran {
            self.output.summary(sides.kind, &ending);
        }
        if let Some(what) = &ending.error {
            self.output.error(what, hint.as_deref());
        }
        self.output.finished(&ending);
        ExitCode::from(exit)
    }
}

/// What a run comes to.
struct Verdict {
    exit: u8,
    error: Option<String>,
    hint: Option<String>,
}

impl Verdict {
    fn of(done: Result<(), RunError>, why: Option<&Why>, summary: &Summary) -> Self {
        let verdict = |exit, error: String| Self { exit, error: Some(error), hint: None };
        match (done, why) {
            // Without its output a run that has come to its end is not done either.
            (_, Some(Why::BrokenPipe)) => Self { exit: NOBODY_READS, error: None, hint: None },
            (_, Some(Why::Output(what))) => {
                verdict(FAILED, format!("standard output cannot be written: {what}"))
            }
            (Ok(()), _) => {
                let exit = if summary.rejected > 0 { SOME_REJECTED } else { DONE };
                Self { exit, error: None, hint: None }
            }
            (Err(RunError::Stopped), Some(Why::MaxTime(limit))) => Self {
                hint: Some("give it more time, or fewer products".to_owned()),
                ..verdict(TRY_LATER, format!("stopped: --max-time of {} s is over", limit.as_secs()))
            },
            (Err(RunError::Stopped), Some(Why::Signal(signal))) => {
                verdict(signal.exit_code(), format!("stopped by {}", signal.name()))
            }
            // A terminal that was interrupted says so before the signal is heard.
            (Err(RunError::Stopped), None) => {
                verdict(Signal::Interrupt.exit_code(), format!("stopped by {}", Signal::Interrupt.name()))
            }
            (Err(error), _) => {
                let exit = match error {
                    RunError::Settings { .. } => WRONG_SETTINGS,
                    RunError::TryLater { .. } => TRY_LATER,
                    _ => FAILED,
                };
                Self { hint: error.hint().map(str::to_owned), ..verdict(exit, error.to_string()) }
            }
        }
    }
}

/// Where the program itself was found wrong.
type Fault = Arc<Mutex<Option<String>>>;

/// Keeps the place of a panic instead of printing it raw; the run tells it at its end.
fn catch_panics() -> Fault {
    let fault = Fault::default();
    let kept = Arc::clone(&fault);
    std::panic::set_hook(Box::new(move |panic| {
        // What a panic says may hold anything, a secret too. Where it happened is enough to find it.
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    fault
}

fn broken(error: &JoinError, fault: &Fault) -> RunError {
    if !error.is_panic() {
        return RunError::Stopped;
    }
    let place = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
    let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
    RunError::Failed {
        what: format!("the program came upon a fault of its own{place}"),
        hint: Some("report this line to who maintains the program".to_owned()),
    }
}
