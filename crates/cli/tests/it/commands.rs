//! `--help`, `completions`, `check` and `categories`.

use std::path::PathBuf;

use serde_json::json;

use crate::support::{World, bare, ran};

#[test]
fn what_is_imported_already_is_not_imported_again_and_that_is_no_failure() {
    let world = World::new();
    assert_eq!(world.run("plain", &[]).code, Some(0));
    let before = world.calls();
    let text = world.run("imported", &[]);
    assert_eq!(text.code, Some(0), "{}", text.err);
    assert!(
        text.out
            .contains("nothing to do: the box of last week is imported already; --again imports it again"),
        "{}",
        text.out
    );
    assert!(!text.out.contains("nothing was found"), "{}", text.out);
    let json = world.run("imported", &["--output", "json"]);
    let told = json.json().into_iter().find(|line| line["event"] == "nothing_new");
    assert_eq!(told.map(|line| line["what"].clone()), Some("the box of last week".into()));
    assert!(world.calls() <= before + 2, "each asks the marketplace whether it is still so");
    let quiet = world.run("imported", &["-q"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), "", ""));
    let dry = world.run("imported", &["--dry-run"]);
    assert!(dry.out.contains("read;"), "a dry run shows it all: {}{}", dry.out, dry.err);
}

#[test]
fn help_for_everything() {
    for (name, arguments) in [
        ("help", ["--help"].as_slice()),
        ("help_import", &["import", "--help"]),
        ("help_stock", &["stock", "--help"]),
        ("help_stock_outstanding", &["stock", "outstanding", "--help"]),
        ("help_categories", &["categories", "--help"]),
        ("help_status", &["status", "--help"]),
    ] {
        let ran = ran(&mut bare(arguments));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        insta::assert_snapshot!(name, ran.out);
    }
    // What every command shares is the same on all of them.
    let check = ran(&mut bare(&["check", "--help"])).out;
    assert!(check.contains("--gateway-shop-id") && !check.contains("--dry-run"), "{check}");
    let program = ran(&mut bare(&["--help"])).out;
    assert!(!program.contains("--take-base"), "who names no command imports: {program}");
}

#[test]
fn completions_for_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = ran(&mut bare(&["completions", shell]));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.out.contains("gateway-shop-id") && ran.out.contains("categories"), "{shell}");
        if shell == "fish" {
            insta::assert_snapshot!("completions_fish", ran.out);
        }
    }
    assert_eq!(ran(&mut bare(&["completions", "cmd"])).code, Some(2));
}

#[test]
fn wrong_usage_is_exit_2() {
    for arguments in [["nonsense"].as_slice(), &["--nonsense"], &["categories"], &["categories", "nonsense"]]
    {
        let ran = ran(&mut bare(arguments));
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.err);
        assert!(!ran.err.is_empty(), "{arguments:?}");
    }
}

fn with_goods() -> World {
    let world = World::new();
    let marked = |platform: &str, shop: &str| {
        json!({ "name": "x", "data": { "source": {
            "v": 1, "platform": platform, "shop": shop, "product": "1", "variant": "0",
        } } })
    };
    world.gateway.seed_products([
        marked("toy", "toys.example/shop"),
        marked("toy", "toys.example/shop"),
        marked("toy", "other.example"),
        json!({ "name": "made by hand" }),
    ]);
    world
}

#[test]
fn check_shows_both_sides() {
    let world = with_goods();
    let ran = world.run("warning", &["check"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let out = ran.out.replace(&world.gateway.url(), "http://GATEWAY");
    insta::assert_snapshot!(out.replace(world.state.path().to_str().unwrap(), "/STATE"));
    assert_eq!(ran.err, "warning: the shop is old\n");
    let lines = world.run("warning", &["check", "--output", "json"]).json();
    let sides: Vec<_> = lines.iter().filter(|line| line["event"] == "check").collect();
    assert_eq!(sides.len(), 3, "{lines:?}");
    assert_eq!((&sides[0]["side"], &sides[0]["currency_taken"]), (&json!("shop"), &json!(true)));
    let counts = ["products", "more", "of_this_shop", "of_others", "unmarked"].map(|key| &sides[1][key]);
    assert_eq!(counts, [&json!(4), &json!(false), &json!(2), &json!(1), &json!(1)], "{:?}", sides[1]);
}

#[test]
fn check_says_what_goods_without_a_mark_match() {
    let world = World::new();
    world.gateway.seed(120, |_| json!({ "name": "x" }));
    let check = world.run("plain", &["check"]);
    assert!(
        check.out.contains("120; of these 0 came from this shop, 0 from others, 120 bear no mark"),
        "{}",
        check.out
    );
    assert!(
        check.out.contains("0 can be linked by their SKU, 0 cannot be told apart by it, 120 match nothing"),
        "{}",
        check.out
    );
    let lines = world.run("plain", &["check", "--output", "json"]).json();
    let gateway = lines.iter().find(|line| line["side"] == "gateway").unwrap();
    assert_eq!((&gateway["alone"], &gateway["more"]), (&json!(120), &json!(false)), "{gateway}");
    // An import says the same, and what to do about it.
    let import = world.run("plain", &[]);
    assert_eq!(import.code, Some(2));
    assert!(
        import.err.contains("120 goods that bear no mark") && import.err.contains("--adopt none"),
        "{}",
        import.err
    );
    assert_eq!(world.gateway.products().len(), 120);
}

#[test]
fn check_tries_each_side_though_the_other_fails() {
    let world = World::new();
    let shop = world.run("refused", &["check"]);
    assert_eq!(shop.code, Some(2));
    assert!(shop.out.contains("Marketplace http://"), "{}", shop.out);
    assert!(shop.err.contains("does not take the API key"), "{}", shop.err);
    let mut command = world.toy("plain", &["check"]);
    let marketplace = ran(command.env("GATEWAY_SECRET", "d3Jvbmc="));
    assert_eq!(marketplace.code, Some(2));
    assert!(marketplace.out.contains("Toy shop toys.example/shop"), "{}", marketplace.out);
    let mut command = world.toy("busy", &["check", "--output", "json"]);
    let both = ran(command.env("GATEWAY_SECRET", "d3Jvbmc="));
    assert_eq!(both.code, Some(2), "what is to be corrected goes before what may be better later");
    assert_eq!(both.json().iter().filter(|line| line["ok"] == json!(false)).count(), 2, "{}", both.out);
    let usd = world.run("usd", &["check"]);
    assert_eq!(usd.code, Some(2));
    let lines = world.run("usd", &["check", "--output", "json"]).json();
    assert_eq!(lines.iter().filter(|line| line["side"] == "shop").count(), 1, "{lines:?}");
    assert!(usd.out.contains("currency  USD, which the marketplace does not take"), "{}", usd.out);
}

struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("cli-test-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.0);
    }
}

#[test]
fn categories_export_keeps_what_is_mapped() {
    let world = World::new();
    let empty = world.run("plain", &["categories", "export"]);
    assert_eq!(empty.out, "9,Home,\n10,Home - Mugs,\n11,\"Home - Lamps, small\",\n", "{}", empty.err);
    let file = File::new("export", "10,Home - Mugs,Dom i ogród > Kuchnia,Kuchnia\n");
    let kept = world.run("plain", &["categories", "export", "--category-mapping", file.path()]);
    assert_eq!(
        kept.out,
        "9,Home,\n10,Home - Mugs,Dom i ogród > Kuchnia,Kuchnia\n11,\"Home - Lamps, small\",\n"
    );
    assert_eq!(world.calls(), 0, "the marketplace is not needed for it");
}

#[test]
fn categories_for_programs() {
    let world = World::new();
    let lines = world.run("plain", &["categories", "list", "--output", "json"]).json();
    let category = json!({ "event": "category", "id": "10", "path": "Home - Mugs", "parent": "9" });
    assert_eq!(lines[1], category, "{lines:?}");
}

#[test]
fn categories_check_tells_faults_and_what_is_unmapped() {
    let world = World::new();
    let file = File::new("check", "9,Home,Dom\n10,Home - Mugs,Akcesoria\n");
    let arguments = ["categories", "check", "--category-mapping", file.path()];
    let ran = world.run("plain", &arguments);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(
        ran.out.contains("line 1: the marketplace has no category \"Dom\"; alike are: Dom i ogród"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("line 2: \"Akcesoria\" is the name of several categories"), "{}", ran.out);
    assert!(ran.err.contains("warning: category 11 (Home - Lamps, small) is not mapped"), "{}", ran.err);
    assert!(ran.err.contains("error: the category mapping has 2 faults"), "{}", ran.err);
    let json = world.run("plain", &[arguments.as_slice(), &["--output", "json"]].concat());
    let faults: Vec<_> = json.json().into_iter().filter(|line| line["event"] == "fault").collect();
    assert_eq!((faults.len(), &faults[1]["line"]), (2, &json!(2)), "{faults:?}");
    // An import with such a file reads no product.
    let import = world.run("plain", &["--dry-run", "--category-mapping", file.path()]);
    assert_eq!(import.code, Some(2));
    assert!(!import.out.contains("would create"), "{}", import.out);
}

#[test]
fn categories_check_finds_no_fault_in_a_right_file() {
    let world = World::new();
    let file = File::new("right", "9,Home,Dom i ogród\n10,Home - Mugs,Kubki i filiżanki\n11,Lamps,\n");
    let ran = world.run("plain", &["categories", "check", "--category-mapping", file.path()]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(ran.out, "The mapping has no faults.\n");
    let unnamed = world.run("plain", &["categories", "check"]);
    assert_eq!(unnamed.code, Some(2));
    assert!(unnamed.err.contains("CATEGORY_MAPPING"), "{}", unnamed.err);
}
