//! The options of `import`, and of the program where no command is named.

use clap::{Arg, ArgAction};
use connector::Connector;

use super::{READ, WRITTEN, dry_run, option, product, settle};
use crate::parse;

/// Options that no other command has.
pub(super) const OWN: [&str; 7] = ["since", "only-rejected", "again", "prune", "images", "unmapped", "adopt"];

/// All that `import` is told.
pub(super) fn all(connector: &dyn Connector) -> [Arg; 11] {
    let images = parse::name_of_images(connector.images());
    [
        dry_run(),
        option("since", "TIME", "Only products changed since then: an RFC 3339 time, or how long ago, like 3d, 12h or 30m")
            .conflicts_with_all(["product", "prune"])
            .help_heading(READ),
        product().conflicts_with("prune"),
        Arg::new("only-rejected")
            .long("only-rejected")
            .action(ArgAction::SetTrue)
            .conflicts_with_all(["since", "product", "prune"])
            .help_heading(READ)
            .help("Only products of which something was rejected, once they are mended [variable: ONLY_REJECTED]"),
        Arg::new("again")
            .long("again")
            .action(ArgAction::SetTrue)
            .help_heading(READ)
            .help("Read all of it also when the shop has nothing new since the last import, and list all that the marketplace has: what somebody deleted there comes back [variable: AGAIN]"),
        Arg::new("prune")
            .long("prune")
            .action(ArgAction::SetTrue)
            .help_heading(WRITTEN)
            .help("Archive at the marketplace the products that the shop does not offer any more [variable: PRUNE]"),
        option(
            "images",
            "HOW",
            &format!(
                "How pictures come to the marketplace: upload (fetched from the shop and sent), copy (the marketplace copies \
                 them from their public addresses), hotlink (their public addresses are sent) or none (those that goods have \
                 stay) [default: {images}]"
            ),
        )
        .value_parser(parse::IMAGES.map(|(name, _)| name))
        .help_heading(WRITTEN),
        option(
            "unmapped",
            "WHAT",
            "Categories that the mapping does not map: skip (the goods are imported without), fail (nothing is imported) or \
             use:NAME (they become this category of the marketplace) [default: skip]",
        )
        .help_heading(WRITTEN),
        option(
            "adopt",
            "HOW",
            "Goods of the marketplace that bear no mark of where they came from: sku (those whose SKU is unique on both sides \
             are linked, and get the shop's texts, prices and pictures) or none (they stay as they are, and everything is \
             created beside them). Either is remembered; telling the other one changes it [default: the first import stops when there are any]",
        )
        .value_parser(["sku", "none"])
        .help_heading(WRITTEN),
        option(
            "max-change",
            "PERCENT",
            "How many of the goods that are linked may be updated because a new version of this program makes something else of \
             them; when it would be more, the run stops before it writes [default: all of them]",
        )
        .help_heading(WRITTEN),
        settle("How long the marketplace may not show what was written"),
    ]
}
