//! What cannot be read is rejected, and never guessed.

use idosell::mapping::{self, Mapped};
use idosell::wire::{Broken, Entry, Fault};

use crate::mapping::{context, map, shown, with};

fn reasons(mapped: &Mapped) -> String {
    let reason = |reject: &gateway_core::model::Reject| {
        format!("    variant {:?}: {}", reject.variant.as_ref().map(ToString::to_string), reject.reason)
    };
    mapped.rejects.iter().map(reason).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_list_of_sizes_without_any_is_a_fault_and_no_list_is_none() {
    assert_eq!(
        reasons(&with("<sizes/>")),
        "    variant None: broken record: sizes is \"nothing\": mend it in the shop"
    );
    assert!(with("<sizes/>").product.is_none());
    assert!(with("").product.is_some());
}

#[test]
fn a_fault_of_the_product_rejects_all_its_sizes() {
    let mut told = Vec::new();
    for (attributes, inside) in [
        ("vat=\"23\"", "<description><name xml:lang=\"eng\">Mug</name></description><price gross=\"1\"/>"),
        ("vat=\"23\"", "<description><name>&#8203;</name></description><price gross=\"1\"/>"),
        ("", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"zw\"", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"23%\"", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"23,0\"", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"-1\"", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"2_3\"", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"23\" currency=\"EUR\"", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"23\" currency=\"?\"", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"23\" removed=\"1\"", "<description><name>A</name></description><price gross=\"1\"/>"),
        ("vat=\"23\"", "<description><name>A</name></description>"),
        ("vat=\"23\"", "<description><name>A</name></description><price/>"),
        ("vat=\"23\"", "<description><name>A</name></description><price net=\"1\"/>"),
        ("vat=\"23\"", "<description><name>A</name></description><price gross=\"1,50\"/>"),
        ("vat=\"23\"", "<description><name>A</name></description><price gross=\"1e3\"/>"),
        ("vat=\"23\"", "<description><name>A</name></description><price gross=\"0.00\"/>"),
        ("vat=\"23\"", "<description><name>A</name></description><price gross=\"-5\"/>"),
        ("vat=\"23\"", "<description><name>A</name></description><price gross=\"1\"/><price gross=\"2\"/>"),
        (
            "vat=\"23\"",
            "<description><name>A</name></description><price gross=\"0.00000000000000000000000000001\"/>",
        ),
        (
            "vat=\"23\"",
            "<description><name>A</name></description><price gross=\"1\"/>\
             <iaiext:visibility><iaiext:site visible=\"perhaps\"/></iaiext:visibility>",
        ),
    ] {
        let sizes = "<sizes><size id=\"1\" name=\"S\" code=\"7-1\"/><size id=\"2\" name=\"M\"/></sizes>";
        let mapped = map(&format!("<product id=\"7\" {attributes}>{inside}{sizes}</product>"));
        assert_eq!((&mapped.product, mapped.rejects.len()), (&None, 2), "{attributes} {inside}");
        assert_eq!(mapped.rejects[0].sku.as_ref().unwrap().as_str(), "7-1");
        told.push(format!("{attributes} {inside}\n{}", reasons(&mapped)));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_fault_of_a_size_rejects_that_size_alone() {
    let mut told = Vec::new();
    for (attributes, inside) in [
        ("id=\"2\" name=\"M\"", "<price gross=\"?\"/>"),
        ("id=\"2\" name=\"M\"", "<price/>"),
        ("id=\"2\" name=\"M\"", "<price gross=\"0\"/>"),
        ("id=\"2\" name=\"M\"", "<stock/>"),
        ("id=\"2\" name=\"M\"", "<stock quantity=\"many\"/>"),
        ("id=\"2\" name=\"M\"", "<stock quantity=\"4\" available_stock_quantity=\"?\"/>"),
        ("id=\"2\" name=\"M\"", "<stock quantity=\"-1\"/><stock quantity=\"?\"/>"),
        ("id=\"2\" name=\"M\" available=\"perhaps\"", "<stock quantity=\"1\"/>"),
        ("id=\"2\" name=\"\"", ""),
        ("name=\"M\"", ""),
        ("id=\"2&#10;3\" name=\"M\"", ""),
    ] {
        let mapped = with(&format!(
            "<sizes><size id=\"1\" name=\"S\"/><size {attributes}>{inside}</size><size id=\"3\" name=\"L\"/></sizes>"
        ));
        assert_eq!(mapped.product.as_ref().unwrap().variants().len(), 2, "{attributes} {inside}");
        assert_eq!(mapped.rejects.len(), 1, "{attributes} {inside}");
        told.push(format!("{attributes} {inside}\n{}", reasons(&mapped)));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn sizes_that_cannot_be_told_from_each_other_are_rejected_together() {
    let mapped = with("<sizes><size id=\"1\" name=\"S\"/><size id=\"1\" name=\"M\"/></sizes>");
    assert_eq!((&mapped.product, mapped.rejects.len()), (&None, 1));
    assert_eq!(mapped.rejects[0].variant, None);
}

#[test]
fn a_broken_product_is_rejected_as_a_whole_if_anybody_can_say_which_it_is() {
    let broken = |id: Option<&str>| {
        let broken = Broken { id: id.map(str::to_owned), fault: Fault::TooLarge };
        mapping::product(&context("pol"), &Entry::Broken(broken))
    };
    let mapped = broken(Some("7")).unwrap();
    assert_eq!((mapped.rejects[0].product.as_str(), &mapped.rejects[0].variant), ("7", &None));
    insta::assert_snapshot!(mapped.rejects[0].reason, @r#"broken record: product is "it takes more than 16 MiB": mend it in the shop"#);
    assert_eq!(broken(None), None);
    assert_eq!(broken(Some("a\nb")), None);
}

#[test]
fn what_is_only_left_out_is_told_as_a_warning() {
    let mapped = with(
        "<sizes><size id=\"1\" name=\"S\" code=\"A&#9;B\" code_producer=\"123\"/><size id=\"2\" name=\"M\"/></sizes>\
         <images><large><image/><image url=\"/relative.jpg\"/><image url=\"ftp://a.example/1.jpg\"/>\
         <image url=\"https://a.example/2.jpg\" iaiext:priority=\"?\"/><image url=\"https://a.example/1.jpg\" iaiext:priority=\"9\"/>\
         </large></images>",
    );
    insta::assert_snapshot!(shown(&mapped));
}
