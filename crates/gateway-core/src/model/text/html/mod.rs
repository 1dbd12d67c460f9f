//! HTML as shops keep it (broken, pasted from elsewhere, now and then hostile) into text and Markdown.
//!
//! Four steps: [`flatten`] reads any text in one pass and writes a small, balanced HTML; ammonia, which decides what is
//! safe, cleans it; [`prepare`] escapes what Markdown would take for markup in its texts; htmd makes Markdown of it. The
//! first step is what makes ammonia and htmd safe to call: both build a tree, and unbalanced or deeply nested HTML costs
//! them time, memory and stack out of all proportion to its length.

mod convert;
mod escape;
mod flatten;
mod inline;
mod prepare;
mod run;
mod scan;
mod tags;

pub(super) use convert::{plain_text, to_markdown};
