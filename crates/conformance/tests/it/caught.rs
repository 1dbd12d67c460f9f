//! Each fault is caught by the suite that names it.

use std::collections::BTreeSet;

use conformance::{Cannot, Declared, Examined as _, Suite, verdict};

use crate::broken::BrokenExamined;
use crate::examined::ToyshopExamined;
use crate::fault::Fault;

/// For each fault a test that its suite finds it, and says what it found.
macro_rules! caught {
    ($($name:ident: $fault:ident by $suite:ident, which says $words:literal)+) => {
        $(
            #[test]
            fn $name() {
                let found = verdict(Suite::$suite, &BrokenExamined::with(Fault::$fault));
                let said = found.expect_err("nothing was found").to_string();
                assert!(said.contains($words), "it says: {said}");
            }
        )+

        #[test]
        fn every_suite_has_a_fault_to_find() {
            let finding: BTreeSet<&str> = [$(Suite::$suite.name()),+].into();
            let all: BTreeSet<&str> = Suite::ALL.iter().map(|suite| suite.name()).collect();
            assert_eq!(finding, all);
        }
    };
}

caught! {
    the_last_product_of_a_page_is_lost: DropsLastOfPage by Paging, which says "products never came, among them"
    a_product_comes_twice: DoublesOne by Arrival, which says "came twice"
    prices_are_rounded: RoundsPrices by Arrival, which says "its net price is"
    hidden_goods_are_offered: SellsHidden by Arrival, which says "its for sale is"
    the_stream_stops: StopsWithoutEnd by Arrival, which says "without telling its end"
    the_language_is_ignored: IgnoresLanguage by Languages, which says "in the Other language"
    an_endless_list_is_taken_for_one_that_ends: TakesErrorsForTheEnd by RepeatingPage, which says "as if nothing was"
    a_page_is_left_out: HidesUndeliverable by FailingPage, which says "as if that was well"
    a_poisoned_product_is_left_out: HidesUndeliverable by Poison, which says "it is to be one reject"
    a_part_is_told_as_the_whole: SaysComplete by Poison, which says "does not say that something is missing"
    the_shop_is_asked_while_it_wants_to_rest: Hammers by Patience, which says "times more before that was over"
    the_shop_is_asked_before_it_said: BacksOffOnItsOwn by Patience, which says "times more before that was over"
    a_busy_shop_is_taken_for_an_empty_one: TakesErrorsForTheEnd by Patience, which says "products never came"
    a_failure_of_the_server_ends_the_run: GivesUpAtOnce by Failures, which says "could not be read"
    a_refused_key_is_told_as_a_failure: RefusalIsFailure by Refusal, which says "not told of a wrong setting"
    a_refused_key_is_tried_again: InsistsOnKey by Refusal, which says "by who is not let in"
    a_broken_record_is_left_out: HidesRejects by BrokenFields, which says "so they would be archived"
    a_broken_record_is_told_as_not_offered: SkipsRejects by BrokenFields, which says "it is skipped as if"
    a_product_without_a_price_is_left_out: HidesRejects by Odd, which says "a variant without a price"
    a_torn_answer_is_taken_for_the_whole: SaysComplete by Torn, which says "did not come"
    a_broken_record_ends_the_program: PanicsAtBrokenRecord by BrokenFields, which says "a panic: no "
    a_long_text_is_cut: CutsNames by HostileTexts, which says "its name is"
    variants_are_forgotten: ForgetsVariants by ManyVariants, which says "1900 variants never came"
    each_product_is_asked_for: AsksForEach by Requests, which says "requests; declared are"
    requests_are_not_counted: CountsNothing by Requests, which says "and 0 are told"
    the_catalogue_is_held: HoldsCatalogue by Memory, which says "KiB at most"
    all_is_read_instead_of_what_was_asked_for: ReadsAll by Chosen, which says "and nothing is said of it"
    a_product_that_is_asked_for_is_lost: LosesChosen by Chosen, which says "products never came"
    what_was_changed_since_is_not_told_from_the_rest: IgnoresSince by Chosen, which says "8 items came"
    texts_that_are_changed_stay: RemembersTexts by ComeAndGo, which says "a product is described anew"
    variants_that_are_gone_stay: RemembersVariants by ComeAndGo, which says "a family has lost a variant"
    pictures_are_other_ones_each_time: RenamesPictures by Repetition, which says "it writes"
    an_error_tells_the_key: TellsKey by Secrets, which says "what is said: TOYSHOP_API_KEY is shown"
    the_log_tells_the_key: LogsKey by Secrets, which says "the log: TOYSHOP_API_KEY is shown"
    a_redirect_is_followed: FollowsRedirects by Secrets, which says "to another host is followed"
    one_picture_is_shown_for_all: OnePicture by Pictures, which says "that are not its own"
    a_change_is_written_twice: WritesTwice by Sold, which says "to have the level 6 in the shop, and has 2"
    a_level_is_left_out: LeavesOutLevel by Sold, which says "right behind the import: nothing has changed"
    a_level_is_set_without_looking: SetsBlindly by SoldMeanwhile, which says "while a pass is about to write it"
    what_nobody_counts_is_taken_for_none: UnknownIsZero by UnknownStock, which says "to have the level 100001 at the marketplace, and has 0"
    what_is_gone_stays_for_sale: NeverTellsAll by Vanished, which says "to have the level 0 at the marketplace"
    what_is_sold_is_added: ForgetsSign by Buffer, which says "to have the level 6 in the shop, and has 14"
    a_change_is_only_said_to_be_done: PretendsToWrite by Deficit, which says "to have the level 0 in the shop, and has 2"
    a_refused_change_is_taken_for_done: TakesErrorsForDone by Unanswered, which says "a write to the shop is refused with 400"
    what_was_not_answered_is_repeated: RepeatsUnanswered by StockFaults, which says "calls fail at random"
    a_change_is_written_twice_while_the_index_lags: WritesTwice by IndexLag, which says "in the shop, and has"
    a_change_that_was_done_is_not_known: ForgetsKeys by Killed, which says "the process is killed behind call"
    each_change_is_asked_for_by_itself: AdjustsEach by StockRequests, which says "and 203 are declared"
}

#[test]
#[should_panic(expected = "everything arrives and nothing more: ")]
fn a_finding_fails_the_suites_test() {
    conformance::run(Suite::Arrival, &BrokenExamined::with(Fault::DoublesOne));
}

#[test]
fn what_a_platform_is_exempt_from_or_cannot_express_is_not_asked_of_it() {
    let exempt: &[(Suite, &str)] = &[(Suite::Arrival, "a test")];
    let declared = Declared { exempt, cannot: &[Cannot::Families], ..ToyshopExamined.declared() };
    conformance::run(Suite::Arrival, &BrokenExamined::declaring(Fault::DoublesOne, declared.clone()));
    conformance::run(
        Suite::ManyVariants,
        &BrokenExamined::declaring(Fault::ForgetsVariants, declared.clone()),
    );
    let others = verdict(Suite::Paging, &BrokenExamined::declaring(Fault::DropsLastOfPage, declared));
    assert!(others.is_err(), "what is not exempt is asked");
}
