//! Options, variables and files: what goes before what, and what is refused.

use crate::support::{API_KEY, World, ran};

/// An address at which nothing is: who asks there fails.
const NOWHERE: &str = "http://127.0.0.1:9";

#[test]
fn an_option_goes_before_its_variable_wherever_it_stands() {
    let world = World::new();
    let url = world.gateway.url();
    for arguments in [
        ["--gateway-base-url", &url, "import", "--dry-run"],
        ["import", "--dry-run", "--gateway-base-url", &url],
        ["--dry-run", "import", "--gateway-base-url", &url],
    ] {
        let before = world.calls();
        let ran = ran(world.toy("plain", &arguments).env("GATEWAY_BASE_URL", NOWHERE));
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.err);
        assert!(world.calls() > before, "{arguments:?}: the Gateway of the option was not asked");
    }
}

#[test]
fn a_variable_that_is_wrong_does_not_matter_behind_an_option() {
    let world = World::new();
    let guid = world.gateway.shop().to_owned();
    let mut command = world.toy("plain", &["--dry-run", "--gateway-shop-id", &guid]);
    let ran = ran(command.env("GATEWAY_SHOP_ID", "nonsense"));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn a_secret_comes_from_a_file_before_it_comes_from_its_variable() {
    let world = World::new();
    let folder = std::env::temp_dir().join(format!("cli-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("secret");
    std::fs::write(&path, format!("{}\r\n", world.gateway.secret())).unwrap();
    let path = path.to_str().unwrap();
    let by_option = ran(world
        .toy("plain", &["--dry-run", "--gateway-secret-file", path])
        .env("GATEWAY_SECRET", "d3Jvbmc="));
    assert_eq!(by_option.code, Some(0), "{}", by_option.err);
    let by_variable =
        ran(world.toy("plain", &["--dry-run"]).env("GATEWAY_SECRET", "").env("GATEWAY_SECRET_FILE", path));
    assert_eq!(by_variable.code, Some(0), "{}", by_variable.err);
    let gone = ran(&mut world.toy("plain", &["--dry-run", "--api-key-file", "no/such/file"]));
    assert_eq!(gone.code, Some(2));
    assert!(gone.err.contains("--api-key-file: the file no/such/file cannot be read"), "{}", gone.err);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_setting_that_takes_the_place_of_another_keeps_it_from_being_asked_for() {
    let world = World::new();
    let ticket =
        ran(world.toy("plain", &["--dry-run"]).env("TOY_API_KEY", "").env("TOY_TICKET", "fake-ticket"));
    assert_eq!(ticket.code, Some(0), "{}", ticket.err);
    let neither = ran(world.toy("plain", &["--dry-run"]).env("TOY_API_KEY", ""));
    assert_eq!(neither.code, Some(2));
    assert!(neither.err.contains("error: Toy API key is missing"), "{}", neither.err);
}

#[test]
fn a_file_that_is_no_secret_is_not_read_whole() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.xml");
    std::fs::write(&path, "x".repeat(70_000)).unwrap();
    let ran = ran(&mut world.toy("plain", &["--dry-run", "--api-key-file", path.to_str().unwrap()]));
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("feed.xml is too long for one"), "{}", ran.err);
}

#[test]
fn no_option_takes_a_secret() {
    let world = World::new();
    for option in ["--gateway-secret", "--api-key"] {
        for arguments in [vec![option.to_owned(), "c2VjcmV0".to_owned()], vec![format!("{option}=c2VjcmV0")]]
        {
            let mut command = world.toy("plain", &["--dry-run", "--output", "json"]);
            let ran = ran(command.args(&arguments));
            assert_eq!(ran.code, Some(2), "{option} is taken");
            let said = format!("{}{}", ran.out, ran.err);
            assert!(!said.contains("c2VjcmV0"), "what should not have been typed is repeated: {said}");
        }
    }
}

#[test]
fn an_empty_variable_counts_as_missing() {
    let world = World::new();
    for (variable, prompt) in [
        ("GATEWAY_SECRET", "Token signing key"),
        ("GATEWAY_SHOP_ID", "Shop guid"),
        ("TOY_BASE_URL", "Toy base URL"),
        ("TOY_API_KEY", "Toy API key"),
    ] {
        let ran = ran(world.toy("plain", &["--dry-run"]).env(variable, "  "));
        assert_eq!(ran.code, Some(2), "{variable}");
        assert!(ran.err.contains(&format!("error: {prompt} is missing")), "{variable}: {}", ran.err);
    }
    let variables = [
        "OUTPUT",
        "SINCE",
        "PRODUCT",
        "VAT_DEFAULT",
        "MAX_TIME",
        "SPOOL",
        "SHOP_KEY",
        "VERBOSE",
        "QUIET",
        "STATE_URL",
        "STATE_URL_FILE",
        "MAX_CHANGE",
        "ONLY_REJECTED",
    ];
    let mut command = world.toy("plain", &["--dry-run"]);
    let ran = ran(command.envs(variables.map(|variable| (variable, ""))));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn wrong_values_are_refused_before_any_request_and_before_any_question() {
    let world = World::new();
    let cases = [
        ("GATEWAY_SECRET", "not base64!", "GATEWAY_SECRET: the token signing key is not base64"),
        ("GATEWAY_SHOP_ID", "0b9f6c1e", "GATEWAY_SHOP_ID: that is not a shop guid"),
        ("GATEWAY_BASE_URL", "gateway.example", "GATEWAY_BASE_URL: the Gateway's base URL has no scheme"),
        ("TOY_BASE_URL", "toys.example", "TOY_BASE_URL: has no scheme"),
        ("TOY_API_KEY", "short", "TOY_API_KEY: is shorter than 8 characters"),
        ("OUTPUT", "xml", "OUTPUT: \"xml\" is none of text, json and csv"),
        ("SINCE", "yesterday", "SINCE: \"yesterday\" is no time"),
        ("SINCE", "2999-01-01T00:00:00Z", "SINCE: 2999-01-01T00:00:00Z is in the future"),
        ("VAT_DEFAULT", "7", "VAT_DEFAULT: \"7\" is none of the marketplace's rates"),
        ("SHOP_RATE", "0/min", "SHOP_RATE: \"0/min\" is no rate"),
        ("SHOP_CONCURRENCY", "0", "SHOP_CONCURRENCY: \"0\" is no whole number from 1 on"),
        ("GATEWAY_CONCURRENCY", "many", "GATEWAY_CONCURRENCY: \"many\" is no whole number"),
        ("MAX_TIME", "5", "MAX_TIME: \"5\" is no duration"),
        ("SPOOL", "/no/such/folder", "SPOOL: \"/no/such/folder\" is no folder"),
        ("CATEGORY_MAPPING", "/no/such/file", "the category mapping /no/such/file: it cannot be opened"),
        ("VERBOSE", "loud", "VERBOSE: \"loud\" is none of 0, 1 and 2"),
        ("STATE_URL", "/srv/state.db", "STATE_URL: the state's address lacks its beginning"),
        ("MAX_CHANGE", "101%", "MAX_CHANGE: \"101%\" is no whole number of percent from 0 to 100"),
        ("ONLY_REJECTED", "those", "ONLY_REJECTED: \"those\" is neither true nor false"),
        ("DRY_RUN", "perhaps", "DRY_RUN: \"perhaps\" is neither true nor false"),
    ];
    for (variable, value, told) in cases {
        let arguments: &[&str] = if variable == "DRY_RUN" { &[] } else { &["--dry-run"] };
        let mut command = world.toy("plain", arguments);
        // One more is missing; nobody is asked for it while another is wrong.
        command.env("TOY_API_KEY", "").env(variable, value);
        let ran = ran(&mut command);
        assert_eq!(ran.code, Some(2), "{variable}={value}: {}", ran.err);
        assert!(ran.err.starts_with(&format!("error: {told}")), "{variable}={value}: {}", ran.err);
        assert!(ran.err.contains("hint: "), "{variable}={value}: {}", ran.err);
    }
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
}

#[test]
fn the_token_in_clear_over_a_network_is_warned_of_once_and_on_this_machine_not() {
    let world = World::new();
    let near = world.run("plain", &["--dry-run"]);
    assert!(!near.err.contains("in clear"), "{}", near.err);
    // The name is not resolved: the run is over before it asks anything.
    let mut far = world.toy("plain", &["--dry-run", "--max-time", "0s"]);
    let far = ran(far.env("GATEWAY_BASE_URL", "http://gateway.invalid"));
    assert_eq!(far.err.matches("in clear").count(), 1, "{}", far.err);
    let of_the_shop = world.run("warning", &["--dry-run"]);
    assert_eq!(of_the_shop.err.matches("warning: the shop is old").count(), 1, "{}", of_the_shop.err);
}

#[test]
fn options_of_the_import_are_none_of_other_commands() {
    let world = World::new();
    for arguments in [["check", "--dry-run"], ["--dry-run", "check"]] {
        let ran = world.run("plain", &arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
    }
    let both = ran(world.toy("plain", &["--dry-run", "--product", "1"]).env("SINCE", "3d"));
    assert_eq!(both.code, Some(2), "{}", both.err);
}

#[test]
fn what_an_import_is_told_is_checked_before_anything_is_sent() {
    let world = World::new();
    for (arguments, variable, says) in [
        (["--unmapped", "Dom"], ("", ""), "is none of skip, fail and use:NAME"),
        (["--settle", "soon"], ("", ""), "is no whole number of seconds"),
        (["--output", "text"], ("ADOPT", "name"), "ADOPT: \"name\" is neither sku nor none"),
        (
            ["--output", "text"],
            ("IMAGES", "all"),
            "IMAGES: \"all\" is none of upload, copy, hotlink and none",
        ),
        (["--output", "text"], ("PRUNE", "maybe"), "PRUNE: \"maybe\" is neither true nor false"),
    ] {
        let ran = ran(world.toy("plain", &arguments).env(variable.0, variable.1));
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(ran.err.contains(says), "{}", ran.err);
    }
    for arguments in [["--images", "all"], ["--adopt", "name"]] {
        assert_eq!(world.run("plain", &arguments).code, Some(2));
    }
    assert_eq!(world.run("plain", &["--prune", "--product", "1"]).code, Some(2));
    let both = ran(world.toy("plain", &["--prune"]).env("SINCE", "3d"));
    assert!(both.err.contains("do not read all of it"), "{}", both.err);
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
}

#[test]
fn the_products_named_are_read_and_no_others() {
    let world = World::new();
    for (arguments, variable) in [(vec!["--dry-run", "--product", "2"], ""), (vec!["--dry-run"], "2, 7")] {
        let ran = ran(world.toy("plain", &arguments).env("PRODUCT", variable));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.out.contains("Jumper") && !ran.out.contains("Mug"), "{}", ran.out);
    }
}

#[test]
fn a_shop_key_names_the_shop() {
    let world = World::new();
    let ran = world.run("plain", &["--dry-run", "--output", "json", "--shop-key", "Main Shop"]);
    let would = ran.json().into_iter().find(|line| line["event"] == "would_create").unwrap();
    assert_eq!(would["item"]["product"]["data"]["source"]["shop"], "main shop", "{would}");
    assert!(!ran.out.contains(API_KEY));
}
