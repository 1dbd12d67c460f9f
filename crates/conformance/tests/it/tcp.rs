//! A shop that speaks a protocol of its own over TCP: a platform that is right passes everything, and one that is not is found out.

use conformance::{Reached, Suite, verdict};

use crate::lines::{Flaw, Lines};

mod a_platform_that_is_right {
    conformance::examine!(crate::lines::Lines::with(crate::lines::Flaw::Nothing));
}

/// For each flaw a test that its suite finds it, and says what it found.
macro_rules! found {
    ($($name:ident: $flaw:ident by $suite:ident, which says $words:literal)+) => {
        $(
            #[test]
            fn $name() {
                let found = verdict(Suite::$suite, &Lines::with(Flaw::$flaw));
                let said = found.expect_err("nothing was found").to_string();
                assert!(said.contains($words), "it says: {said}");
            }
        )+
    };
}

found! {
    a_torn_answer_is_taken_for_the_whole: TakesTornForWhole by Torn, which says "products never came"
    torn_levels_are_taken_for_all: TakesTornLevels by Torn, which says "it is taken for the whole of 53"
    a_connection_that_ends_ends_the_run: NeverAsksAgain by Failures, which says "could not be read"
    a_page_is_given_up: GivesUpPages by FailingPage, which says "could not be read"
    a_page_is_given_up_for_one_product: GivesUpPages by Poison, which says "it is to be one reject"
    a_refused_secret_is_tried_again: InsistsOnSecret by Refusal, which says "by who is not let in"
    an_error_tells_the_secret: QuotesAnswers by Secrets, which says "what is said: LINES_SECRET is shown"
    requests_are_not_counted: CountsNothing by Requests, which says "and 0 are told"
    a_page_is_larger_than_it_is_said_to_be: AsksForMore by Paging, which says "so a page is not what is declared"
}

#[test]
fn a_mark_is_seen_though_it_comes_in_pieces() {
    for suite in [Suite::Poison, Suite::Paging, Suite::Repetition] {
        let found = verdict(suite, &Lines { piece: 5, ..Lines::with(Flaw::Nothing) });
        assert_eq!(found.map_err(|finding| finding.to_string()), Ok(()), "{suite}");
    }
}

#[test]
fn what_means_nothing_to_a_shop_is_told_with_its_reason() {
    let nothing = |reached: Reached| {
        let means_nothing = Suite::ALL.iter().filter(move |suite| suite.means_nothing(&reached).is_some());
        means_nothing.copied().collect::<Vec<_>>()
    };
    assert_eq!(nothing(Reached::Http("http://127.0.0.1:1".to_owned())), []);
    assert_eq!(
        nothing(Reached::Tcp(([127, 0, 0, 1], 1).into())),
        [Suite::RepeatingPage, Suite::Patience, Suite::BrokenFields]
    );
    assert_eq!(
        nothing(Reached::File("/goods".into())),
        [
            Suite::RepeatingPage,
            Suite::FailingPage,
            Suite::Poison,
            Suite::Patience,
            Suite::Failures,
            Suite::Refusal,
            Suite::BrokenFields
        ]
    );
}
