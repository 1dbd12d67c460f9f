//! What can be wrong with a file, and with one record of it.

use super::{MAX_LINES, MAX_RECORD_BYTES};

/// Why a file cannot be read, or not to its end. What was read before is right, and nothing follows from what did not come.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes cannot be had.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// No line of it is the label of a section.
    #[error(
        "this is no EDI++ file: it has no section, as [INFO] or [NAGLOWEK]. Look at what it is, and export the goods again"
    )]
    NotEpp,
    /// It is in UTF-16, which the program never writes.
    #[error(
        "the file is in UTF-16: somebody saved it anew. Export the goods again, and send the file as it is"
    )]
    Utf16,
    /// `[INFO]` names a code page that is not read.
    #[error(
        "the file is in the code page {0:?}: only 1250 and 852 are read. Export the goods again, in 1250"
    )]
    CodePage(String),
    /// It was read on after an error.
    #[error("the file could not be read on after an error")]
    Ended,
}

/// Why one record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Its line takes more than [`MAX_RECORD_BYTES`].
    #[error("its line takes more than {} MiB", MAX_RECORD_BYTES >> 20)]
    TooLong,
    /// A text in it begins and does not end: not before the next section, the end of the file, or as far as is looked.
    #[error("a text in it has no closing quote within {MAX_LINES} lines and {} MiB", MAX_RECORD_BYTES >> 20)]
    Unclosed,
    /// Quotes that stand in its texts are not doubled, and it has more fields than there are, or a quote in a number: a text may have
    /// been taken for two, or the line is the end of a text that began before it. Nobody knows which field is which.
    #[error("quotes in its texts are not doubled, so that nobody can tell where they end")]
    Quotes,
    /// It ends before the fields without which it is nothing.
    #[error("it ends behind field {0}")]
    TooFewFields(usize),
    /// The file ends in it, without a line end and before its last field. What stands there may be the half of a number, and nobody
    /// knows what is missing behind it.
    #[error("the file ends in the middle of it: it was cut off")]
    Torn,
}
