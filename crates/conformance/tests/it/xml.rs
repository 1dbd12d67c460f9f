//! Broken fields in XML: a reader that is strict passes, and one that is lax is found out.

use conformance::{Suite, verdict};

use crate::listing::{Lax, Listing};

#[test]
fn a_strict_reader_passes() {
    let found = verdict(Suite::BrokenFields, &Listing::with(Lax::Nothing));
    assert_eq!(found.map_err(|finding| finding.to_string()), Ok(()));
}

/// For each fault a test that it is found, and in which field.
macro_rules! found {
    ($($name:ident: $lax:ident, which says $words:literal)+) => {
        $(
            #[test]
            fn $name() {
                let found = verdict(Suite::BrokenFields, &Listing::with(Lax::$lax));
                let said = found.expect_err("nothing was found").to_string();
                assert!(said.contains($words), "it says: {said}");
            }
        )+
    };
}

found! {
    a_number_is_read_as_far_as_it_is_one: ReadsPrefixes, which says "/shop/# price@net NumberAndWord: variant of-"
    a_missing_attribute_is_0: MissingIsZero, which says "/shop/# @vat Missing: variant of-"
    an_emptied_element_is_not_told: EmptiedIsUntold, which says "/shop/# variants/variant[2]/price Missing: variant of-2 costs"
    a_quantity_that_is_missing_is_unknown: NoQuantityIsUnknown, which says "/stock @quantity Missing: variant of-"
    a_hidden_product_is_for_sale: ShowsUnlessNo, which says "/shop/# @visible Empty: variant of-1: for sale is false, and came as true"
    a_product_without_an_id_is_forgotten: LosesNameless, which says "/shop/# @id Missing: nothing is told of its variants"
    a_variant_is_left_out: LeavesOut, which says "/stock @quantity Missing: nothing is told of its variants"
    what_is_left_out_beside_a_product_without_an_id: LeavesOutVatless, which says "/shop/# @vat Missing: nothing is told of its variants"
    a_broken_product_is_lost_and_only_the_end_tells: LosesBroken, which says "nothing is told of its variants"
    a_variant_is_left_out_of_a_product_that_came: SaysPartial, which says "nothing is told of its variants"
}

#[test]
fn an_identity_that_may_be_any_word_is_another_product_with_another_one() {
    let found =
        verdict(Suite::BrokenFields, &Listing { tells_identities: false, ..Listing::with(Lax::Nothing) });
    let said = found.expect_err("nothing was found").to_string();
    assert!(said.contains("product true did not come"), "it says: {said}");
}

#[test]
fn a_list_of_one_product_is_not_taken_for_the_product() {
    let strict = verdict(Suite::BrokenFields, &Listing { page: 1, ..Listing::with(Lax::Nothing) });
    assert_eq!(strict.map_err(|finding| finding.to_string()), Ok(()));
    let found = verdict(Suite::BrokenFields, &Listing { page: 1, ..Listing::with(Lax::MissingIsZero) });
    let said = found.expect_err("nothing was found").to_string();
    assert!(said.contains("/shop/# @vat Missing: variant of-"), "it says: {said}");
}
