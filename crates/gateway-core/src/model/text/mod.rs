//! Texts: a name, a plain line, a Markdown description. All are Unicode NFC, without control and invisible characters.

mod characters;
mod html;
mod line;
mod markdown;
mod name;

pub use line::Line;
pub use markdown::Markdown;
pub use name::{EmptyName, Name};
