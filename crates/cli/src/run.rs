//! A run from its arguments to its exit code.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use clock::{Clock, Moment};
use connector::import::Unmapped;
use connector::{Connector, Given, InvalidSetting, Need, Notes, Platform, RunError, Setting, ShopName};
use gateway_core::gateway::Gateway;
use gateway_core::model::{self, ShopKey};
use state::RunEnd;
use transport::Transport;

use crate::commands::{self, Command, Session, Shop, categories};
use crate::fault::{broken, catch_panics};
use crate::keeper::Keeper;
use crate::output::{Ending, Format, Kind, Output, Requests};
use crate::settings::{self, BASE_URL, KEY, Options, SHOP, Voice};
use crate::stop::{GRACE, Stop, Why};
use crate::told::{Told, variable};
use crate::verdict::{DONE, FAILED, NOBODY_READS, Verdict, WRONG_SETTINGS};
use crate::{args, ask, log, signals};

/// How long a run that is left in the middle has to let go of what it has in hand.
const LETTING_GO: Duration = Duration::from_millis(500);
/// How long the state has to take down how a run ended, and when nothing is to be waited for.
const CLOSING: Duration = Duration::from_secs(10);
const CLOSING_AT_ONCE: Duration = Duration::from_secs(2);

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
        Err(error) => return run.end(Err(error)),
    };
    log::start(voice, connector.name(), output.screen().clone());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return run.end(Err(failed(format!("the program cannot start: {error}")))),
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
    platform: Option<Arc<dyn Platform>>,
    gateway: Option<Gateway>,
    /// What an import or a pass is, should it be one.
    kind: Kind,
}

impl Run<'_> {
    async fn go(&self, voice: Voice) -> ExitCode {
        if let Err(error) = signals::listen(self.stop.clone()) {
            return self.end(Err(failed(format!("the program cannot listen for signals: {error}"))));
        }
        let command = Command::named(&self.told.command());
        if command == Command::Stock {
            self.output.counts_levels();
        }
        match self.prepare(command, voice).await {
            Ok((sides, session)) => {
                let keeper = session.keeper.clone();
                let done = self.work(command, session).await;
                let ran = (command, sides);
                let verdict =
                    Verdict::of(done, self.stop.why(), (&self.output.so_far(), self.output.needs_a_look()));
                self.close(&keeper, &ran, &verdict).await;
                self.say(Some(&ran), verdict)
            }
            Err(error) => self.end(Err(error)),
        }
    }

    /// Reads and checks all settings, asks for those that are missing, and opens both sides. Sends nothing.
    async fn prepare(&self, command: Command, voice: Voice) -> Result<(Sides, Session), RunError> {
        if let Some((option, others)) = args::of_others(&self.told, command) {
            return Err(RunError::settings(
                format!("--{option} is an option of {others} only"),
                format!("leave --{option} out"),
            ));
        }
        let lists_rejected = command == Command::Status && self.told.flag("rejected");
        if voice.format == Format::Csv && !lists_rejected {
            return Err(RunError::settings(
                "only `status --rejected` is shown as CSV",
                "leave --output csv (OUTPUT) out, or say text or json",
            ));
        }
        let Options { mut import, mapping, only_rejected, stock, place, max_time, mut common } =
            Options::read(&self.told, self.connector, &self.clock, command)?;
        let concurrency = if command == Command::Stock { stock.concurrency } else { import.concurrency };
        import.mapping = mapping.as_deref().map(categories::read_mapping).transpose()?;
        if command == Command::Import {
            import.build = settings::build();
        }
        let output = self.output.clone();
        common.notes = Notes::to(move |what| output.note(what));
        let mut wanted = Vec::new();
        if command.needs_gateway() {
            wanted.push(KEY);
        }
        if command.needs_marketplace() {
            wanted.extend([SHOP, BASE_URL]);
        }
        // Who only looks into the state needs of the shop what it is called, and no secret for that.
        let named = match (command, &common.shop_key) {
            (Command::Status, Some(key)) => Some(self.named(key)?),
            (Command::Status, None) => {
                wanted.extend(self.connector.settings().iter().map(unasked_if_secret));
                None
            }
            _ => {
                wanted.extend(self.connector.settings());
                None
            }
        };
        let how = ask::How::find(voice.quiet);
        let given = settings::gather(&self.told, &wanted, how, &self.stop).await?;

        let agent = format!("{}/{}", self.connector.name(), env!("CARGO_PKG_VERSION"));
        let transport = Transport::new(transport::Settings::new(agent, self.clock.clone()))
            .map_err(|error| failed(error.to_string()))?;
        let gateway = match command.needs_gateway() {
            true => {
                let (settings, warning) = settings::gateway(&given, concurrency)?;
                warning.iter().for_each(|warning| self.output.warn(warning));
                let gateway = Gateway::new(transport.clone(), &settings);
                Some(gateway.map_err(|error| failed(error.to_string()))?)
            }
            false => None,
        };
        let marketplace = command.needs_marketplace().then(|| settings::marketplace(&given)).transpose()?;
        let shop = match named {
            Some(name) => Shop::Named(name),
            None => {
                let opened = self.connector.open(&given, &common, &transport);
                Shop::Open(opened.map_err(|error| self.unopened(command, &given, &error))?.into())
            }
        };
        let key = shop.name().map(|name| name.shop.as_str());
        tracing::info!(platform = self.connector.name(), shop = key, "ready to read");
        if let Some(limit) = max_time {
            let (stop, over) = (self.stop.clone(), self.clock.sleep(limit));
            tokio::spawn(async move {
                over.await;
                stop.ask(Why::MaxTime(limit));
            });
        }
        let platform = shop.platform().cloned();
        let session = Session {
            title: self.connector.title(),
            shop,
            gateway: gateway.clone(),
            marketplace,
            import,
            only_rejected,
            stock,
            settles: settings::settles(&self.told)?,
            lists_rejected,
            keeper: Keeper::new(place, self.clock.clone()),
            clock: self.clock.clone(),
            output: self.output.clone(),
            stop: self.stop.clone(),
        };
        let kind = kind(command, &session);
        Ok((Sides { platform, gateway, kind }, session))
    }

    /// The shop of this key.
    fn named(&self, key: &ShopKey) -> Result<ShopName, RunError> {
        let platform = model::Platform::new(self.connector.name());
        let platform = platform.map_err(|error| failed(error.to_string()))?;
        Ok(ShopName { platform, shop: key.clone() })
    }

    /// Why the shop cannot be opened.
    fn unopened(&self, command: Command, given: &Given, error: &InvalidSetting) -> RunError {
        let setting = self.connector.settings().iter().find(|setting| setting.variable == error.variable);
        if command == Command::Status
            && let Some(setting) = setting
            && setting.is_secret
            && given.secret(setting.variable).is_none()
        {
            return RunError::settings(
                format!("it is not known which shop is meant: {} is missing", setting.prompt),
                format!(
                    "tell its key, as `check` shows it, by --shop-key or SHOP_KEY, or else give the secret by --{} or {}",
                    ask::option(setting),
                    setting.variable
                ),
            );
        }
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
        let writes = command.finishes() && !session.is_dry_run(command);
        let mut task = tokio::spawn(commands::run(command, session));
        tokio::select! {
            done = &mut task => done.unwrap_or_else(|error| Err(broken(&error, &fault))),
            () = self.given_up(command) => {
                task.abort();
                // One that listens ends now, and lets go of what it has in hand. Who does not has had its time.
                let _left = tokio::time::timeout(LETTING_GO, task).await;
                if writes {
                    self.output.warn(
                        "what was in flight was left in the middle; it is remembered, and the next run finds out what was done of it",
                    );
                }
                Err(RunError::Stopped)
            }
        }
    }

    /// Waits until a command has to be left. Who asked one to stop, and waits for what it finishes, is told so.
    async fn given_up(&self, command: Command) {
        self.stop.asked().await;
        if command.finishes() && matches!(self.stop.why(), Some(Why::Signal(_))) {
            self.output.note(&format!(
                "stopping: what is in flight is finished, {} s at most; once more ends it at once",
                GRACE.as_secs()
            ));
        }
        self.stop.given_up(&self.clock).await;
    }

    /// Writes down how the run ended, and closes the state.
    async fn close(&self, keeper: &Keeper, ran: &(Command, Sides), verdict: &Verdict) {
        let ending = self.ending(Some(ran), verdict);
        let end = RunEnd {
            at: self.clock.now(),
            exit: i32::from(ending.exit),
            counts: self.output.counts_of(&ending),
            error: ending.error,
        };
        let at_most = if self.stop.is_at_once() { CLOSING_AT_ONCE } else { CLOSING };
        keeper.end(&end, at_most, &self.output).await;
    }

    fn ending(&self, ran: Option<&(Command, Sides)>, verdict: &Verdict) -> Ending {
        let requests = ran.map(|(_, sides)| Requests {
            shop: sides.platform.as_ref().map_or(0, |platform| platform.requests()),
            gateway: sides.gateway.as_ref().map_or(0, Gateway::requests),
        });
        Ending {
            exit: verdict.exit,
            error: verdict.error.clone(),
            requests: requests.unwrap_or_default(),
            took: self.clock.moment().since(self.started),
        }
    }

    /// Ends a run that has not begun.
    fn end(&self, done: Result<(), RunError>) -> ExitCode {
        self.say(
            None,
            Verdict::of(done, self.stop.why(), (&self.output.so_far(), self.output.needs_a_look())),
        )
    }

    /// Says how the run ended.
    fn say(&self, ran: Option<&(Command, Sides)>, verdict: Verdict) -> ExitCode {
        let ending = self.ending(ran, &verdict);
        let Verdict { exit, hint, .. } = verdict;
        if exit == NOBODY_READS {
            return ExitCode::from(exit);
        }
        if let Some((Command::Import | Command::Stock, sides)) = ran {
            self.output.summary(sides.kind, &ending);
        }
        if let Some(what) = &ending.error {
            self.output.error(what, hint.as_deref());
        }
        self.output.finished(&ending);
        ExitCode::from(exit)
    }
}

fn kind(command: Command, session: &Session) -> Kind {
    let import = &session.import;
    let has_categories = import.mapping.is_some() || matches!(import.unmapped, Unmapped::Use(_));
    match (command, session.is_dry_run(command), has_categories) {
        (Command::Stock, is_dry_run, _) => Kind::Levels { is_dry_run },
        (_, true, _) => Kind::DryRun,
        (_, false, true) => Kind::Import,
        (_, false, false) => Kind::ImportWithoutCategories,
    }
}

/// A setting that may be told, but is not asked for when it is secret.
fn unasked_if_secret(setting: &Setting) -> Setting {
    Setting { need: if setting.is_secret { Need::Optional } else { setting.need }, ..*setting }
}
