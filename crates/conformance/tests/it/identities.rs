//! By which paths a platform is asked whether a field is an identity.

use std::collections::BTreeSet;
use std::sync::Mutex;

use clock::Clock;
use conformance::{Declared, Examined, LocalShop, Suite, verdict};
use connector::Connector;
use futures::future::BoxFuture;

use crate::examined::ToyshopExamined;
use crate::listing::{Lax, Listing};

/// A platform that keeps what it is asked.
struct Asked<'a> {
    inner: &'a dyn Examined,
    fields: Mutex<BTreeSet<String>>,
}

impl Examined for Asked<'_> {
    fn connector(&self) -> &dyn Connector {
        self.inner.connector()
    }

    fn declared(&self) -> Declared {
        self.inner.declared()
    }

    fn start<'a>(&'a self, clock: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        self.inner.start(clock)
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        self.inner.wrong_secrets()
    }

    fn is_identity(&self, field: &str) -> bool {
        self.fields.lock().unwrap().insert(field.to_owned());
        self.inner.is_identity(field)
    }
}

fn asked(inner: &dyn Examined) -> BTreeSet<String> {
    let asked = Asked { inner, fields: Mutex::default() };
    verdict(Suite::BrokenFields, &asked).expect("no finding");
    asked.fields.into_inner().unwrap()
}

#[test]
fn a_field_in_xml_is_asked_for_by_the_way_to_it() {
    let fields = asked(&Listing::with(Lax::Nothing));
    let expected = [
        "@id",
        "@product",
        "@quantity",
        "@variant",
        "@vat",
        "@visible",
        ".",
        "brief",
        "description",
        "image",
        "image@url",
        "name",
        "price",
        "price@net",
        "variants/variant",
        "variants/variant/choice",
        "variants/variant/choice@of",
        "variants/variant/price",
        "variants/variant/price@net",
        "variants/variant@ean",
        "variants/variant@id",
        "variants/variant@sku",
    ];
    assert_eq!(fields, expected.map(str::to_owned).into());
}

#[test]
fn a_field_in_json_is_asked_for_by_the_way_to_it_whichever_row_it_is_in() {
    let fields = asked(&ToyshopExamined);
    for field in [
        "id",
        "name/pl",
        "pictures/#",
        "variants",
        "variants/#",
        "variants/#/id",
        "variants/#/choices/#/value/pl",
    ] {
        assert!(fields.contains(field), "{field} is not among {fields:?}");
    }
}
