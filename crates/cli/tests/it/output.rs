//! What people and programs are told.

use serde_json::json;

use crate::support::{World, ran};

#[test]
fn a_dry_run_for_people() {
    let ran = World::new().run("rejects", &["--dry-run"]);
    assert_eq!(ran.code, Some(3));
    let timeless: Vec<String> = ran
        .out
        .lines()
        .map(|line| match line.split_once(" to the marketplace, ") {
            Some((before, _)) => format!("{before} to the marketplace, SECONDS"),
            None => line.to_owned(),
        })
        .collect();
    insta::assert_snapshot!(timeless.join("\n"));
    assert_eq!(ran.err, "reading The Toy Shop\nwarning: 1: its EAN is not one\n");
}

#[test]
fn a_dry_run_for_programs() {
    let ran = World::new().run("rejects", &["--dry-run", "--output", "json"]);
    let lines: Vec<&str> = ran.out.lines().filter(|line| !line.contains("\"finished\"")).collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(ran.err, "", "nothing but JSON was asked for");
}

#[test]
fn a_quiet_run_says_nothing_unless_goods_were_rejected() {
    let world = World::new();
    for (arguments, variable) in [(vec!["--dry-run", "-q"], ""), (vec!["--dry-run"], "true")] {
        let done = ran(world.toy("plain", &arguments).env("QUIET", variable));
        assert_eq!((done.code, done.out.as_str(), done.err.as_str()), (Some(0), "", ""));
        let rejects = ran(world.toy("rejects", &arguments).env("QUIET", variable));
        assert_eq!(rejects.code, Some(3));
        assert_eq!(rejects.err, "");
        assert_eq!(rejects.out.lines().count(), 1, "{}", rejects.out);
        assert!(
            rejects.out.starts_with("rejected 4 \"Lamp\": the shop tells no VAT rate"),
            "{}",
            rejects.out
        );
    }
    let check = world.run("plain", &["check", "-q"]);
    assert_eq!((check.code, check.out.as_str(), check.err.as_str()), (Some(0), "", ""));
}

/// As from cron, which mails whatever is said.
#[test]
fn a_second_quiet_import_with_the_same_rejects_says_nothing() {
    let world = World::new();
    let first = world.run("rejects", &["-q"]);
    assert_eq!((first.code, first.err.as_str()), (Some(3), ""));
    assert!(first.out.starts_with("rejected 4 \"Lamp\"") && first.out.lines().count() == 1, "{}", first.out);
    let second = world.run("rejects", &["-q"]);
    assert_eq!((second.code, second.out.as_str(), second.err.as_str()), (Some(3), "", ""));
    let status = world.run("rejects", &["status", "--rejected"]);
    assert!(status.out.starts_with("4 \"Lamp\"") && status.out.lines().count() == 1, "{}", status.out);
}

#[test]
fn a_dry_run_with_nothing_to_do_asks_for_no_import() {
    let world = World::new();
    let next = "Next: run this without --dry-run.";
    let run = |arguments: &[&str]| world.run("plain", &[&["--images", "none"], arguments].concat());
    let before = run(&["--dry-run"]);
    assert!(before.out.contains(next), "{}", before.out);
    assert_eq!(run(&[]).code, Some(0));
    let behind = run(&["--dry-run"]);
    assert!(behind.out.contains("3 unchanged") && !behind.out.contains(next), "{}", behind.out);
}

#[test]
fn an_import_tells_what_it_did_and_a_second_one_that_there_was_nothing_to_do() {
    let world = World::new();
    let first = world.run("plain", &[]);
    assert_eq!((first.code, world.gateway.products().len()), (Some(0), 3), "{}", first.err);
    assert!(first.out.contains("2 products read; 3 variants created; 0 pictures sent."), "{}", first.out);
    assert!(first.out.contains("is in no category. `categories export` writes"), "{}", first.out);
    let with = World::new().run("plain", &["--unmapped", "use:Kuchnia"]);
    assert!(!with.out.contains("is in no category"), "it is in one: {}", with.out);
    let left_out =
        "warning: 1: its picture 1 was left out: the shop does not deliver it: the toy shop has no picture 1";
    assert!(first.err.contains(left_out), "{}", first.err);
    let second = world.run("plain", &[]);
    assert!(second.out.contains("0 variants created, 3 unchanged; 0 pictures sent."), "{}", second.out);
    assert!(!second.out.contains("Next:"), "there is nothing to do next: {}", second.out);
    let quiet = world.run("plain", &["-q"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), "", ""));
}

#[test]
fn what_is_out_of_the_ordinary_is_told_and_the_rest_when_it_is_asked_for() {
    let world = World::new();
    let created = world.run("plain", &["-v"]).out;
    assert!(created.contains("created 2/21 \"Jumper\"\n"), "{created}");
    let few = world.run("few", &[]);
    let told = "2 variants at the marketplace are of products that the shop does not offer any more; --prune archives them";
    assert!(few.err.contains(told), "{}", few.err);
    let pruned = world.run("few", &["--prune"]);
    assert_eq!(pruned.code, Some(0), "{}", pruned.err);
    assert!(
        pruned.out.contains("archived 2/21 \"Jumper\": the shop does not have it any more\n"),
        "{}",
        pruned.out
    );
    assert!(pruned.out.contains("0 variants created, 2 archived, 1 unchanged"), "{}", pruned.out);
    let programs = world.run("plain", &["--output", "json", "--dry-run"]).json();
    let would: Vec<_> = programs.iter().filter(|line| line["event"] == "would_restore").collect();
    assert_eq!((would.len(), &would[0]["product"]), (2, &json!("2")), "{programs:?}");
    let restored = world.run("plain", &[]);
    assert!(restored.out.contains("restored 2/21 \"Jumper\"\n"), "{}", restored.out);
    assert!(world.gateway.products().iter().all(|product| product["archived"] != true));
}

#[test]
fn no_escape_of_a_shop_reaches_a_terminal() {
    let world = World::new();
    for arguments in [["--dry-run", "--output", "text"], ["--dry-run", "--output", "json"]] {
        let ran = world.run("escapes", &arguments);
        assert_eq!(ran.code, Some(3), "{}", ran.err);
        for text in [&ran.out, &ran.err] {
            let harmful = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
            assert_eq!(harmful, None, "{text:?}");
        }
        assert!(ran.out.contains("Mug"), "{}", ran.out);
        if arguments.contains(&"json") {
            let reject = ran.json().into_iter().find(|line| line["event"] == "rejected").unwrap();
            assert_eq!(reject["name"], "Mug\u{1b}[2J\u{9b}31m\u{202e}gum", "the name itself is kept");
        }
    }
}

#[test]
fn a_short_run_without_a_terminal_shows_no_progress() {
    let ran = World::new().run("many", &["--dry-run"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(ran.err, "reading The Toy Shop\n");
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("would create ")).count(), 1000);
}

#[test]
fn waits_for_a_host_are_told_as_sentences_unless_the_run_is_quiet() {
    use sandbox::gateway::Fault;
    let world = World::new();
    for (arguments, lines) in [(["check", "--output", "text"], 1), (["check", "-q", "--output=text"], 0)] {
        let search = "/dashboard/webshop_products/_query";
        world.gateway.script(transport::Method::POST, search, [Fault::ServerError]);
        let ran = world.run("plain", &arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let told: Vec<&str> = ran.err.lines().collect();
        assert_eq!(told.len(), lines, "{}", ran.err);
        assert!(
            told.iter()
                .all(|line| line.starts_with("warning: no good answer; trying again (url http://127.0.0.1:")),
            "{}",
            ran.err
        );
    }
}

#[test]
fn more_is_said_when_it_is_asked_for() {
    let world = World::new();
    let some = world.run("plain", &["--dry-run", "-v"]);
    assert!(
        some.err.contains("info cli::run: ready to read (platform toy, shop toys.example/shop)"),
        "{}",
        some.err
    );
    assert!(!some.err.contains("debug "), "{}", some.err);
    let all = world.run("plain", &["--dry-run", "-vv"]);
    assert!(all.err.contains("debug transport::transport: request (method POST"), "{}", all.err);
    assert!(all.err.contains("debug toy: the toy shop is open"), "{}", all.err);
}
