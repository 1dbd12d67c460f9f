//! The options of `stock`.

use clap::{Arg, ArgAction, Command};
use connector::stock::{FEW, MAX_CHANGE};

use super::{WRITTEN, dry_run, option, product, settle};
use crate::parse;

/// Options that no other command has.
pub(super) const OWN: [&str; 4] = ["direction", "buffer", "force", "take-base"];

/// The command that is about files which the shop reads.
pub(super) fn outstanding() -> Command {
    let settle =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).value_name("FILE").help(help);
    Command::new("outstanding")
        .about("List the documents that were written for the shop and that it has not taken in as far as is known; or say what became of one")
        .arg(
            settle(
                "booked",
                "The shop's levels are as this file says, which is told by its name, or as one document of this number says: it has been \
                 taken in, or somebody has done by hand what it says",
            )
            .conflicts_with("discard"),
        )
        .arg(settle(
            "discard",
            "Nobody takes this file in any more, or this document: what it says is written anew by the next pass",
        ))
}

/// All that `stock` is told.
pub(super) fn all() -> Vec<Arg> {
    let mut all = vec![dry_run(), product()];
    all.extend(own());
    all.push(
        option(
            "max-change",
            "PERCENT",
            &format!(
                "How many of all variants may be set to 0 in one pass; when it would be more, the pass stops before it writes. Up to \
                 {FEW} always may [default: {MAX_CHANGE}]"
            ),
        )
        .help_heading(WRITTEN),
    );
    all.push(settle("How long either side may not show what was written"));
    all
}

/// Those that no other command has.
pub(super) fn own() -> [Arg; 4] {
    [
        option(
            "direction",
            "WAY",
            "Which way levels go: both (what is sold or corrected on one side is taken off or put right on the other), to-gateway (the \
             marketplace gets the shop's levels, and the shop is never written) or to-shop (the shop gets what happened at the \
             marketplace, which is never written) [default: both, or to-gateway where the shop's stock cannot be written, or only by a file that \
             a person makes it read]",
        )
        .value_parser(parse::DIRECTIONS.map(|(name, _)| name))
        .help_heading(WRITTEN),
        option(
            "buffer",
            "N",
            "So many pieces of each variant are kept back: the marketplace is told the shop's level minus these, and never less than 0 \
             [default: 0]",
        )
        .help_heading(WRITTEN),
        Arg::new("force")
            .long("force")
            .action(ArgAction::SetTrue)
            .help_heading(WRITTEN)
            .help("Set variants to 0 however many they are, whatever --max-change says [variable: FORCE]"),
        Arg::new("take-base")
            .long("take-base")
            .action(ArgAction::SetTrue)
            .help_heading(WRITTEN)
            .help(
                "Take the levels that are there as they are, where the state remembers no pass before this one: what the marketplace \
                 sold since the last pass is not taken off in the shop. With --product whatever is remembered of these products, but for \
                 what stands in a file that is outstanding [variable: TAKE_BASE]",
            ),
    ]
}
