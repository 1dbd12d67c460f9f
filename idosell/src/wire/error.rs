//! What can be wrong with a file, and with one product of it.

/// Why a file cannot be read, or not to its end. What was read before is right, and nothing follows from what did not come.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes cannot be had.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// An HTML page stands where a file should: the shop has none to give now.
    #[error("this is a web page and not a file of IOF")]
    Html,
    /// It begins with something that is no XML.
    #[error("this is no XML file: look at what it is")]
    NotXml,
    /// It is in an encoding that is not read.
    #[error("the file is in the encoding {0:?}: only UTF-8 is read")]
    Encoding(String),
    /// It brings a document type along, which could make texts of anything.
    #[error("the file has a document type definition (<!DOCTYPE>), which IOF has not: it is not read")]
    DocType,
    /// Its root element is that of another file.
    #[error(
        "the root element is {0:?}, and neither \"offer\" nor \"provider_description\": is it another file of IOF?"
    )]
    Root(String),
    /// It ends before its root element does.
    #[error("the file is torn: it ends at byte {at}, before its root element does")]
    Torn {
        /// How many bytes there are.
        at: u64,
    },
    /// It is not well-formed, or not an offer, in a way that nothing can follow.
    #[error("the file is broken near byte {at}: {what}")]
    Broken {
        /// Where, in bytes from the beginning.
        at: u64,
        /// What, as a sentence without a full stop.
        what: String,
    },
    /// It was read on after an error.
    #[error("the file could not be read on after an error")]
    Ended,
}

/// Why one product cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It takes more than [`MAX_PRODUCT_BYTES`](super::MAX_PRODUCT_BYTES).
    #[error("it takes more than {} MiB", super::MAX_PRODUCT_BYTES >> 20)]
    TooLarge,
    /// It has more than [`MAX_ELEMENTS`](super::MAX_ELEMENTS) elements.
    #[error("it has more than {} elements", super::MAX_ELEMENTS)]
    TooManyElements,
    /// Its elements stand in each other more than [`MAX_DEPTH`](super::MAX_DEPTH) deep.
    #[error("its elements stand in each other more than {} deep", super::MAX_DEPTH)]
    TooDeep,
    /// The next one begins, or the list ends, before it does.
    #[error("it does not end")]
    Unclosed,
    /// It is not well-formed.
    #[error("its XML is broken: {0}")]
    Malformed(String),
    /// It is no UTF-8.
    #[error("it is not in UTF-8")]
    NotUtf8,
    /// It is a text, or another element, where only products belong.
    #[error("something else stands where a product should")]
    Stranger,
    /// It tells no id.
    #[error("it has no id")]
    NoId,
}

impl Fault {
    pub(super) fn malformed(error: impl std::fmt::Display) -> Self {
        // A message may repeat what it found, which may be as long as the product.
        Self::Malformed(error.to_string().chars().take(200).collect())
    }
}
