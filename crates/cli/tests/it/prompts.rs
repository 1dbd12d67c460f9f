//! Settings that are missing are asked for; here without a terminal, as under `docker run -i`.

use crate::support::{API_KEY, World, bare, ran_with};

const ASKED: [&str; 4] = ["Token signing key:", "Shop guid:", "Toy base URL:", "Toy API key:"];

#[test]
fn each_answer_is_a_line_of_standard_input_in_this_order() {
    let world = World::new();
    let input = format!(
        "{}\r\n  {}  \r\nhttps://toys.example\n{API_KEY}",
        world.gateway.secret(),
        world.gateway.shop()
    );
    let mut command = bare(&["--dry-run"]);
    let ran = ran_with(command.env("GATEWAY_BASE_URL", world.gateway.url()), &input);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let prompts: Vec<&str> = ran.err.lines().take(4).collect();
    assert_eq!(prompts, ASKED);
    assert!(ran.out.contains("would create 1 \"Mug\""), "{}", ran.out);
}

#[test]
fn what_is_told_or_has_a_default_is_not_asked() {
    let world = World::new();
    let mut command = world.toy("plain", &["--dry-run"]);
    let ran = ran_with(command.env("GATEWAY_SHOP_ID", ""), &format!("{}\n", world.gateway.shop()));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.err.lines().filter(|line| ASKED.contains(line)).collect::<Vec<_>>(), ["Shop guid:"]);
}

#[test]
fn the_end_of_input_names_what_is_missing() {
    let world = World::new();
    let answers = [world.gateway.secret(), world.gateway.shop(), "https://toys.example"];
    let missing = [
        ("Token signing key", "--gateway-secret-file", "GATEWAY_SECRET"),
        ("Shop guid", "--gateway-shop-id", "GATEWAY_SHOP_ID"),
        ("Toy base URL", "--base-url", "TOY_BASE_URL"),
        ("Toy API key", "--api-key-file", "TOY_API_KEY"),
    ];
    for (told, (prompt, option, variable)) in missing.into_iter().enumerate() {
        let input: String = answers[..told].iter().map(|answer| format!("{answer}\n")).collect();
        let ran = ran_with(bare(&["--dry-run"]).env("GATEWAY_BASE_URL", world.gateway.url()), &input);
        assert_eq!(ran.code, Some(2), "{}", ran.err);
        assert!(ran.err.contains(&format!("error: {prompt} is missing")), "{}", ran.err);
        assert!(ran.err.contains(option) && ran.err.contains(variable), "{}", ran.err);
    }
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
}

#[test]
fn a_wrong_answer_ends_the_run_before_any_request() {
    let world = World::new();
    let (key, guid) = (world.gateway.secret(), world.gateway.shop());
    let cases = [
        ("not base64!\n".to_owned(), "Token signing key: the token signing key is not base64"),
        (format!("{key}\n0b9f6c1e\n"), "Shop guid: that is not a shop guid"),
        (format!("{key}\n{guid}\ntoys.example\n"), "Toy base URL: has no scheme"),
        (format!("{key}\n{guid}\nhttps://toys.example\nshort\n"), "Toy API key: is shorter"),
        (format!("{key}\n\n"), "Shop guid is missing: the line for it is empty"),
    ];
    for (input, told) in cases {
        let ran = ran_with(bare(&["--dry-run"]).env("GATEWAY_BASE_URL", world.gateway.url()), &input);
        assert_eq!(ran.code, Some(2), "{told}: {}", ran.err);
        assert!(ran.err.contains(&format!("error: {told}")), "{told}: {}", ran.err);
        assert!(ran.err.contains("hint: "), "{told}: {}", ran.err);
    }
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
}

#[test]
fn a_command_that_only_reads_the_shop_does_not_ask_for_the_marketplace() {
    let input = format!("https://toys.example\n{API_KEY}\n");
    let ran = ran_with(&mut bare(&["categories", "list"]), &input);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.err, "Toy base URL:\nToy API key:\n");
    assert_eq!(ran.out, "9  Home\n10  Home - Mugs\n11  Home - Lamps, small\n");
}
