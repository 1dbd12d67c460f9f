//! What we assume of the Gateway and could not try: every guess of the client, by name.
//!
//! One assumption has no value here because it is made of every host, and so in the transport: that 429 is said before
//! anything is done, so that even a create which is answered with it may be sent again.
//!
//! The live service has never been reached by this project. What its documentation, its earlier connectors and recorded
//! answers tell is written down as fact where it is used; everything else is here. When one of these turns out wrong,
//! this is the file to change.

use std::time::Duration;

use transport::Safety;

/// The most variants of one product that one create call carries. The service runs as functions, for which a body of
/// some MB and 29 s are the end.
pub const MOST_ITEMS_IN_A_CALL: usize = 50;

/// The most bytes of items that one create call carries, for the same reason.
pub const MOST_BYTES_IN_A_CALL: usize = 1_000_000;

/// A list call that is refused (4xx) has done nothing of its list, so its items may be sent again one by one to find
/// the one that is refused.
pub const A_REFUSED_LIST_DID_NOTHING: bool = true;

/// A list call's answer holds `products` in the order sent, each with its `guid` (or `product_guid`). An answer that
/// holds fewer, or none, leaves the outcome unknown for those that cannot be told apart.
pub const A_LIST_IS_ANSWERED_IN_ORDER: bool = true;

/// An answer of 2xx to items that name their `product_guid`, and that holds no list of products at all, says that all of
/// them are set. One that holds a list says it of those in the list.
pub const SETTING_NEEDS_NO_LIST: bool = true;

/// The stock level that is sent back with a product whose level is not shown.
pub const STOCK_LEVEL_WHEN_UNTOLD: u32 = 0;

/// Deleting what is not there (404) has done what was wanted: an earlier try of the same call may have been done without
/// our being told.
pub const DELETED_IS_DELETED: bool = true;

/// A time without a zone is UTC.
pub const TIMES_ARE_UTC: bool = true;

/// Between the address of a presigned form and its key stands one slash, also where the address ends without one.
pub const A_SLASH_BEFORE_THE_KEY: bool = true;

/// An item that names a `product_guid` sets that product's stock level and flags to what it says, however often it is
/// sent, so it may be repeated when its outcome is unknown. It is sent whole, with the flags and the level as they were
/// read, because what is left out may be reset.
pub const SETTING_AN_ITEM: Safety = Safety::Idempotent;

/// A product is archived by setting its item with `archived: true`, and such is shown as `true` only: `null`, `false`
/// and nothing at all are live goods. A search for "exists archived" would find those with `false` too, so which are
/// live is told by what was read, never by the query.
#[must_use]
pub fn is_archived(flag: Option<bool>) -> bool {
    flag == Some(true)
}

/// A product of ours whose `for_sale` is not shown is for sale: that is how goods are put into the shop.
pub const FOR_SALE_WHEN_UNTOLD: bool = true;

/// `PUT /organizations/{shop}/products/{guid}/` replaces the product by what is sent. So what can be read is turned
/// back: price, VAT, texts, SKU, images, tags and `data` by their own fields, and these as they stand.
pub const TURNED_BACK_AS_READ: [&str; 2] = ["size", "weight"];

/// `_query` is an Elasticsearch search: `search_after` goes on from the sort values of the last product seen.
///
/// When the service refuses that, or a product lacks its time of creation, the listing goes on by `from`, which ends at
/// [`LAST_FROM`].
pub const SEARCH_AFTER_WORKS: bool = true;

/// The last position that paging by `from` reaches: Elasticsearch's default for `from + size`.
pub const LAST_FROM: usize = 10_000;

/// Products in one page of a listing. The earlier connectors asked for as many.
pub const LIST_PAGE: usize = 100;

/// `_query` finds products by their guids: it sorts by them, so they are kept whole. Whether that holds is seen in every
/// answer: as long as no search has found anything, what is missing is looked for in the whole listing, [`MOST_SEARCHES_OF_ALL`] times.
pub const A_QUERY_FINDS_GUIDS: bool = true;

/// How often a client reads the whole listing to find what was not found by its guid. Somebody may have deleted it; but
/// where nothing is found by its guid, a listing for each changed product would take for ever.
pub const MOST_SEARCHES_OF_ALL: usize = 20;

/// How long after a write `_query` may not show it yet: a search index stands behind it. What it does not show is
/// absent only when the last attempt is older than this. The option `--settle` overrides it.
pub const SETTLE: Duration = Duration::from_secs(60);

/// The longest name, in characters. Longer ones are cut at a word.
pub const LONGEST_NAME: usize = 255;

/// The VAT rates, in whole percent, that have a class (`VAT23` …).
pub const VAT_PERCENTS: [u32; 4] = [23, 8, 5, 0];

/// Decimal places of a stock level: none. Of 2.5 m two pieces can be sold.
pub const STOCK_LEVEL_PLACES: u32 = 0;

/// The stock level that is sent for "available, quantity unknown". The earlier connectors sent it.
pub const STOCK_LEVEL_OF_UNKNOWN: u32 = 100_001;

/// Creating a tag whose name is taken answers 409 and names the tag there is, so creating one may be repeated when its
/// outcome is unknown. (That it answers so is known; that it always does is assumed.)
pub const CREATING_A_TAG: Safety = Safety::Idempotent;

/// Asking for an upload address, or for a copy of a public picture, leaves at most an unused file behind, so both may
/// be repeated when their outcome is unknown.
pub const PREPARING_A_PICTURE: Safety = Safety::Idempotent;
