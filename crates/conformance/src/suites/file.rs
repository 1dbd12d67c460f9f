//! What can befall a shop that is a file or a folder of files.

use connector::{End, Scope};

use crate::arena::Arena;
use crate::detour::Copies;
use crate::finding::{Finding, Verdict};
use crate::goods::{Catalogue, Tongue};
use crate::judge::Judge;
use crate::suite::Suite;

/// Runs a suite in the form that it has there, if that is one of its own.
pub(super) async fn run(suite: Suite, arena: &Arena<'_>, copies: &Copies) -> Option<Verdict> {
    match suite {
        Suite::Torn => Some(torn(arena, copies).await),
        _ => None,
    }
}

/// How many products the files hold: enough for none of them to be small.
const PRODUCTS: u32 = 200;

/// What is left of a file, by its bytes.
type Kept = fn(usize) -> usize;

/// Where a file ends too early.
const ENDS: [(&str, Kept); 3] = [
    ("in its first third", |bytes| bytes / 3),
    ("in its middle", |bytes| bytes / 2),
    ("3 bytes before its end", |bytes| bytes.saturating_sub(3)),
];

/// Files that were cut off. What is lost with that must not look like goods that are gone.
async fn torn(arena: &Arena<'_>, copies: &Copies) -> Verdict {
    let catalogue = arena.hold(Catalogue::of(PRODUCTS));
    for (what, kept) in ENDS {
        let cut =
            copies.cut(kept).map_err(|error| Finding::new(format!("the files cannot be copied: {error}")))?;
        for cut in cut {
            let place = format!("the file {:?} ends {what}", cut.file);
            let given = arena.shop.settings(&cut.path.display().to_string(), Tongue::Default);
            let reading = arena.read(&*arena.open_with(&given)?, Scope::All).await?;
            // Where only a line's end is missing, all of it may be there. Otherwise the run must say that it is not.
            if matches!(reading.end, Ok(End::Complete)) {
                let judge = Judge::new(&catalogue, &*arena.shop);
                judge.everything(&reading).map_err(|finding| finding.at(&place))?;
            }
        }
    }
    Ok(())
}
