//! The options and commands, and what `--help` says of them. Only what works is shown.

mod import;
mod stock;

use clap::{Arg, ArgAction, Command, ValueHint, value_parser};
use connector::{Connector, Need, Setting};
use gateway_core::assumptions;
use gateway_core::gateway::{DEFAULT_BASE_URL, GatewaySettings, Terms};

use crate::commands;
use crate::place::STATE_URL;
use crate::settings::{BASE_URL, KEY, SHOP};
use crate::told::{Told, variable_of};
use crate::verdict::MEANINGS;

/// Options that `import` and `stock` both have. Like those that one of them has, they may stand before the command.
const SHARED: [&str; 4] = ["dry-run", "product", "max-change", "settle"];

const GATEWAY: &str = "Marketplace";
const READ: &str = "What is read";
const WRITTEN: &str = "What is written";
const STATE: &str = "What is remembered";
const LIMITS: &str = "How fast and how long";
const OUTPUT: &str = "What is said";

/// The command line of a platform's program.
pub(crate) fn command(connector: &dyn Connector) -> Command {
    let title = connector.title();
    let mut command = Command::new(connector.name())
        .version(env!("CARGO_PKG_VERSION"))
        .about(format!("Brings the catalogue of a {title} shop into the marketplace"))
        .after_help(after_help(connector))
        .disable_help_subcommand(true)
        .max_term_width(100)
        .next_line_help(true)
        .args(import::all(connector))
        // They may stand before the command too, but are of no use to who does not name it.
        .args(stock::own().map(|option| option.hide(true)))
        .next_help_heading(GATEWAY)
        .args([KEY, SHOP, BASE_URL].iter().map(setting))
        .next_help_heading(format!("{title} shop"))
        .args(connector.settings().iter().map(setting))
        .args(about_the_shop())
        .next_help_heading(STATE)
        .args(state(connector))
        .next_help_heading(LIMITS)
        .args(limits())
        .next_help_heading(OUTPUT)
        .args(output());
    let what = "Bring the shop's goods into the marketplace; the default when no command is named";
    command = command
        .subcommand(Command::new("import").about(what).args(import::all(connector)))
        .subcommand(
            Command::new("stock")
                .about("Make stock levels alike on both sides: one pass, to be run every few minutes")
                .args(stock::all())
                .disable_help_subcommand(true)
                .subcommand(stock::outstanding()),
        )
        .subcommand(
            Command::new("categories")
                .about("The shop's categories, and the file that maps them to the marketplace's")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommand(Command::new("list").about("List the shop's categories with their ids"))
                .subcommand(Command::new("export").about(
                    "Write a mapping file with a row for each category; what --category-mapping maps is filled in",
                ))
                .subcommand(
                    Command::new("check")
                        .about("Look every target of --category-mapping up in the marketplace's categories"),
                ),
        )
        .subcommand(Command::new("check").about("Log in on both sides and show what is there"))
        .subcommand(
            Command::new("status").about("Show what is linked, what was rejected and why, and the last runs").arg(
                Arg::new("rejected")
                    .long("rejected")
                    .action(ArgAction::SetTrue)
                    .help("Show all that is rejected, and nothing else; with --output csv as a table to be mended by"),
            ),
        )
        .subcommand(
            Command::new("completions").about("Print a completion script for a shell").arg(
                Arg::new("shell")
                    .value_name("SHELL")
                    .required(true)
                    .value_parser(value_parser!(clap_complete::Shell))
                    .help("The shell that is to complete this program's options"),
            ),
        );
    command
}

/// The first option on the command line that belongs to other commands, and which these are. Some options may stand before a command.
pub(crate) fn of_others(told: &Told<'_>, command: commands::Command) -> Option<(&'static str, &'static str)> {
    use commands::Command::{Import, Stock};
    let owned: [(&[&str], &[commands::Command], &str); 3] = [
        (&import::OWN, &[Import], "import"),
        (&SHARED, &[Import, Stock], "import and stock"),
        (&stock::OWN, &[Stock], "stock"),
    ];
    let others = owned.into_iter().filter(|(_, owners, _)| !owners.contains(&command));
    let mut options = others.flat_map(|(options, _, owners)| options.iter().map(move |name| (*name, owners)));
    options.find(|(name, _)| told.is_on_command_line(name))
}

fn after_help(connector: &dyn Connector) -> String {
    let required = [KEY, SHOP];
    let asked: Vec<_> = required
        .iter()
        .chain(connector.settings())
        .filter(|setting| !matches!(setting.need, Need::Optional | Need::Switch))
        .map(|setting| setting.prompt)
        .collect();
    let codes: Vec<_> = MEANINGS.iter().map(|(code, meaning)| format!("  {code:<3}  {meaning}")).collect();
    format!(
        "An option goes before its environment variable; an empty variable counts as missing. What is missing is asked \
         for, in this order: {}. Without a terminal each answer is a line of standard input.\n\nExit codes:\n{}",
        asked.join(", "),
        codes.join("\n")
    )
}

/// The option of a setting: for its value, or for the file that holds it when it is secret.
fn setting(setting: &Setting) -> Arg {
    let default = if setting.option == BASE_URL.option {
        format!(" [default: {DEFAULT_BASE_URL}]")
    } else {
        String::new()
    };
    if setting.is_secret {
        let option = format!("{}-file", setting.option);
        let variable = setting.variable;
        return Arg::new(option.clone())
            .long(option)
            .value_name("FILE")
            .value_hint(ValueHint::FilePath)
            .global(true)
            .help(format!(
                "{}: a file that holds it [variable: {variable} for itself, {variable}_FILE for a file]",
                setting.help
            ));
    }
    let option = Arg::new(setting.option)
        .long(setting.option)
        .global(true)
        .help(format!("{} [variable: {}]{default}", setting.help, setting.variable));
    if setting.need == Need::Switch {
        // What stands behind it is a command, and no value of it.
        return option.value_name("yes|no").num_args(0..=1).require_equals(true).default_missing_value("yes");
    }
    option.value_name(setting.option.rsplit('-').next().unwrap_or_default().to_ascii_uppercase())
}

/// An option of ours with a value.
fn option(name: &'static str, value: &'static str, help: &str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(format!("{help} [variable: {}]", variable_of(name)))
}

fn dry_run() -> Arg {
    Arg::new("dry-run")
        .long("dry-run")
        .action(ArgAction::SetTrue)
        .help_heading(READ)
        .help("Read everything, write nothing, say what would be written [variable: DRY_RUN]")
}

fn product() -> Arg {
    option(
        "product",
        "ID",
        "Only this product, by its id in the shop; may be given several times, in the variable with commas",
    )
    .action(ArgAction::Append)
    .help_heading(READ)
}

fn settle(help: &str) -> Arg {
    let settle = assumptions::SETTLE.as_secs();
    option("settle", "SECONDS", &format!("{help} [default: {settle}]")).help_heading(WRITTEN)
}

fn about_the_shop() -> [Arg; 4] {
    let rates = Terms::default().vat_percents().map(|percent| percent.to_string());
    [
        option("shop-key", "NAME", "The name under which the shop is known for ever [default: host and path of its address]")
            .global(true),
        option("vat-default", "PERCENT", "VAT rate of goods for which the shop tells none, or which are exempt [default: such goods are rejected]")
            .value_parser(rates)
            .global(true),
        option("category-mapping", "FILE", "CSV file that maps the shop's categories to the marketplace's [default: none is mapped]")
            .value_hint(ValueHint::FilePath)
            .global(true),
        option("spool", "DIR", "Folder for files that are too large for memory, and for those that a shop gives once [default: the system's folder for temporary files; for what is kept the folder of the state where that is a file, else the user's state folder]")
            .value_hint(ValueHint::DirPath)
            .global(true),
    ]
}

fn state(connector: &dyn Connector) -> [Arg; 2] {
    let folder = connector.name();
    [
        option(
            "state",
            "URL",
            &format!(
                "Where is kept what was done and what is linked: sqlite:///srv/state.db (a file) or postgres://host/database; an \
                 address with a password is told by the variable or in a file [default: a file for each shop in {folder} in the user's state \
                 folder]"
            ),
        )
        .conflicts_with("state-url-file")
        .global(true),
        setting(&STATE_URL),
    ]
}

fn limits() -> [Arg; 4] {
    let most = GatewaySettings::CONCURRENCY;
    [
        option("shop-concurrency", "N", "Most requests to the shop at once [default: the platform's limit]")
            .global(true),
        option("shop-rate", "N/min", "Most requests to the shop a minute [default: the platform's limit]")
            .global(true),
        option(
            "concurrency",
            "N",
            &format!("Most calls of the marketplace at once; fewer while it is overloaded [default: {most}]"),
        )
        .global(true),
        option(
            "max-time",
            "DURATION",
            "Stop after this time, like 90s, 30m or 2h, with exit code 75 [default: no limit]",
        )
        .global(true),
    ]
}

fn output() -> [Arg; 3] {
    [
        option(
            "output",
            "FORMAT",
            "Results for people, or one JSON object per line for programs (json), or the table of `status --rejected` (csv) \
             [default: text]",
        )
        .value_parser(["text", "json", "csv"])
        .global(true),
        Arg::new("verbose")
            .short('v')
            .long("verbose")
            .action(ArgAction::Count)
            .global(true)
            .help("Say more on standard error; twice: everything [variable: VERBOSE, 1 or 2]"),
        Arg::new("quiet")
            .short('q')
            .long("quiet")
            .action(ArgAction::SetTrue)
            .conflicts_with("verbose")
            .global(true)
            .help(
                "Say nothing but errors, rejects and stock levels that need a look; without a terminal only those that the last \
                 run of its kind did not have (the exit code is 3 all the same, and `status --rejected` lists all rejects) [variable: QUIET]",
            ),
    ]
}
