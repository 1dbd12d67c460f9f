//! The suites by name.

use std::fmt;

use crate::declared::Cannot;
use crate::examined::Reached;

macro_rules! suites {
    ($($(#[doc = $promise:literal])+ $variant:ident $name:ident)+) => {
        /// A suite: one promise that every platform makes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Suite {
            $($(#[doc = $promise])+ $variant,)+
        }

        impl Suite {
            /// All suites, in the order in which they build on each other.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name, as its test bears it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($name),)+
                }
            }
        }

        /// Makes a test of each suite for a platform; `$examined` is an expression of a type that is
        /// [`Examined`](crate::Examined).
        #[macro_export]
        macro_rules! examine {
            ($examined:expr) => {
                $(
                    #[test]
                    fn $name() {
                        $crate::run($crate::Suite::$variant, &$examined);
                    }
                )+
            };
        }
    };
}

suites! {
    /// Everything in the shop arrives as it is there, and nothing else.
    Arrival everything_arrives_and_nothing_more
    /// Each language is read, and the default one where a text is missing.
    Languages texts_come_in_the_chosen_language
    /// Lists end where they end: at a full page, one before it, one behind it, at nothing.
    Paging pages_go_on_to_the_last_product
    /// A list that repeats a page is an error, and not read for ever.
    RepeatingPage a_page_that_repeats_is_an_error
    /// What fails as a page and not in parts arrives; where too much fails the run does.
    FailingPage a_page_that_fails_is_asked_for_in_parts
    /// One product that breaks every answer that it is in is one reject.
    Poison one_poisoned_product_is_one_reject
    /// An answer that is torn is never taken for a shorter catalogue.
    Torn a_torn_answer_is_no_shorter_catalogue
    /// A shop that asks for patience is waited for, and not asked before.
    Patience too_many_requests_are_waited_out
    /// Servers that fail once are asked again.
    Failures failures_of_the_server_are_asked_again
    /// A key that is not accepted is told as what it is, at once.
    Refusal a_refused_key_is_a_clear_sentence
    /// A product with a broken field is one reject, or arrives right.
    BrokenFields one_broken_field_is_one_reject
    /// Goods that cannot be imported are rejected, each with its reason, and nothing else is.
    Odd odd_goods_are_rejected_with_a_reason
    /// Texts that want to do harm arrive as harmless ones.
    HostileTexts hostile_texts_arrive_harmless
    /// A product of two thousand variants arrives with all of them.
    ManyVariants two_thousand_variants_arrive
    /// The shop is not asked more often than declared.
    Requests requests_stay_within_the_declared_budget
    /// Memory does not grow with the catalogue.
    Memory memory_stays_flat
    /// The products that are asked for are read, and no others.
    Chosen only_the_products_asked_for_are_read
    /// What comes, changes and goes between two reads is seen.
    ComeAndGo variants_come_and_go
    /// A second import changes nothing.
    Repetition a_second_import_writes_nothing
    /// No secret gets into a log, an error or an event.
    Secrets secrets_stay_secret
    /// Pictures can be had, bear the same identity at every read, and those that cannot be had are told.
    Pictures pictures_can_be_had
    /// What one side sells, receives or corrects the other is told once, as far as it can be.
    Sold what_one_side_sells_the_other_is_told
    /// What the shop sells while a pass is at work is not lost.
    SoldMeanwhile a_sale_during_a_pass_is_not_lost
    /// Goods of which nobody knows how many there are are offered, and not reckoned with.
    UnknownStock an_unknown_quantity_is_offered_and_never_counted
    /// What the shop does not have any more is not for sale, and is again when it comes back.
    Vanished what_vanishes_is_not_for_sale
    /// The marketplace is told of less than there is, and nothing of that is taken for a sale.
    Buffer a_buffer_is_kept_back
    /// What both sides sold and only one had is owed until there is more.
    Deficit what_was_sold_twice_is_settled_when_there_is_more
    /// A write that is refused or not answered is done once.
    Unanswered a_write_that_fails_is_done_once
    /// Levels come right however often calls fail.
    StockFaults levels_come_right_though_calls_fail
    /// A marketplace that shows late what it has changes nothing about what is counted.
    IndexLag an_index_that_lags_behind_is_waited_for
    /// A pass that is killed at any moment loses nothing and does nothing twice.
    Killed a_pass_killed_at_any_call_loses_nothing
    /// Ten changes among ten thousand levels cost no more than declared.
    StockRequests ten_of_ten_thousand_levels_stay_within_the_declared_budget
}

/// Why suites mean nothing to shops that speak a protocol of their own.
const UNSPOKEN: &str =
    "nobody but the platform understands what the shop says, so nothing else can be put into its mouth";

/// Why suites mean nothing to shops that are files.
const NOBODY: &str = "there is a file, and nobody who is asked for it";

impl Suite {
    /// Why the suite means nothing to a shop that is reached so; `None` where it is run.
    #[must_use]
    pub fn means_nothing(self, reached: &Reached) -> Option<&'static str> {
        match (reached, self) {
            (Reached::Tcp(_), Self::RepeatingPage | Self::Patience | Self::BrokenFields) => Some(UNSPOKEN),
            (
                Reached::File(_),
                Self::RepeatingPage
                | Self::FailingPage
                | Self::Poison
                | Self::Patience
                | Self::Failures
                | Self::Refusal,
            ) => Some(NOBODY),
            (Reached::File(_), Self::BrokenFields) => {
                Some("nobody but the platform knows where in a file a record begins and ends")
            }
            _ => None,
        }
    }

    /// What a platform must be able to express, so that the suite means anything to it.
    pub(crate) fn needs(self) -> &'static [Cannot] {
        match self {
            Self::Languages => &[Cannot::OtherLanguage],
            Self::ManyVariants => &[Cannot::Families],
            Self::Pictures => &[Cannot::Pictures],
            Self::UnknownStock => &[Cannot::Stock, Cannot::UnknownStock],
            Self::Sold
            | Self::SoldMeanwhile
            | Self::Vanished
            | Self::Buffer
            | Self::Deficit
            | Self::Unanswered
            | Self::StockFaults
            | Self::IndexLag
            | Self::Killed
            | Self::StockRequests => &[Cannot::Stock],
            _ => &[],
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}
