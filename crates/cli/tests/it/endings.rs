//! How a run ends: the exit code, and the last line that programs read.

use serde_json::{Value, json};

use crate::support::{Ran, World, bare, ran};

fn ends(ran: &Ran, code: i32, error: Option<&str>) {
    assert_eq!(ran.code, Some(code), "{} {}", ran.out, ran.err);
    let finished = ran.finished();
    assert_eq!(finished["exit"], code, "{finished}");
    match error {
        None => assert_eq!(finished["error"], Value::Null, "{finished}"),
        Some(error) => {
            let told = finished["error"].as_str().unwrap_or_default();
            assert!(told.contains(error), "{error:?} is not in {told:?}");
            assert!(ran.err.contains("error: "), "people are told nothing: {}", ran.err);
        }
    }
}

#[test]
fn the_last_line_has_the_keys_that_are_promised_in_their_order() {
    let ran = World::new().run("rejects", &["--dry-run", "--output", "json"]);
    let finished = ran.finished();
    let keys: Vec<&str> = finished.as_object().unwrap().keys().map(String::as_str).collect();
    let promised = [
        "event",
        "exit",
        "created",
        "updated",
        "unchanged",
        "skipped",
        "rejected",
        "archived",
        "images",
        "warnings",
        "requests",
        "seconds",
        "error",
    ];
    assert_eq!(keys, promised);
    assert_eq!(finished["requests"], json!({ "shop": 2, "gateway": 1 }));
    assert_eq!(
        ["created", "skipped", "rejected", "images", "warnings"].map(|key| finished[key].clone()),
        [json!(3), json!(1), json!(1), json!(2), json!(1)],
        "{finished}"
    );
    assert!(finished["seconds"].as_f64().unwrap() > 0.0, "{finished}");
    let seconds = finished["seconds"].to_string();
    assert!(seconds.split('.').nth(1).is_none_or(|places| places.len() <= 3), "{seconds}");
}

#[test]
fn every_end_has_its_code_and_a_last_line() {
    let world = World::new();
    let dry = ["--dry-run", "--output", "json"];
    ends(&world.run("plain", &dry), 0, None);
    ends(&world.run("rejects", &dry), 3, None);
    ends(&world.run("failing", &dry), 1, Some("the shop answered 500"));
    ends(&world.run("panic", &dry), 1, Some("a fault of its own at crates/cli/tests/toy/main.rs:"));
    ends(&world.run("refused", &dry), 2, Some("does not take the API key"));
    ends(&world.run("usd", &dry), 2, Some("sells in USD"));
    ends(&world.run("busy", &dry), 75, Some("is being repaired"));
    ends(&world.run("slow", &["--dry-run", "--output=json", "--max-time", "0s"]), 75, Some("--max-time"));
    ends(&world.run("plain", &["--output", "json", "--nonsense"]), 2, Some("--nonsense"));
    ends(&ran(&mut bare(&["--dry-run", "--output", "json"])), 2, Some("Token signing key is missing"));
    ends(&ran(bare(&["--dry-run"]).env("OUTPUT", "json")), 2, Some("Token signing key is missing"));
    ends(&ran(bare(&["--nonsense"]).env("OUTPUT", "json")), 2, Some("--nonsense"));
    let refused = ran(world.toy("plain", &dry).env("GATEWAY_SECRET", "d3Jvbmc="));
    ends(&refused, 2, Some("does not accept our token"));
    for command in [["check"].as_slice(), &["categories", "list"], &["categories", "export"]] {
        let arguments: Vec<&str> = command.iter().copied().chain(["--output", "json"]).collect();
        ends(&world.run("plain", &arguments), 0, None);
    }
}

#[test]
fn people_are_told_what_happened_and_what_to_do() {
    let world = World::new();
    let refused = world.run("refused", &["--dry-run"]);
    assert_eq!(refused.code, Some(2));
    assert_eq!(refused.err, "error: the shop does not take the API key\nhint: copy the key again, whole\n");
    assert_eq!(refused.out, "");
    let failing = world.run("failing", &["--dry-run"]);
    assert_eq!(failing.code, Some(1));
    assert!(failing.out.contains("This is not the whole catalogue"), "{}", failing.out);
    assert!(failing.err.ends_with("error: the shop answered 500\n"), "{}", failing.err);
    let panicked = world.run("panic", &["--dry-run"]);
    assert!(!panicked.err.contains("panicked") && !panicked.err.contains("backtrace"), "{}", panicked.err);
}

#[test]
fn who_reads_one_line_only_is_no_failure() {
    let world = World::new();
    for output in ["text", "json"] {
        let script = format!("\"$0\" --dry-run --output {output} | head -n 1");
        let toy = world.toy("many", &[]);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script]).arg(crate::support::program()).env_clear();
        shell.envs(toy.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let ran = ran(shell.env("PATH", std::env::var_os("PATH").unwrap()));
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
        assert!(!ran.err.contains("error") && !ran.err.contains("panic"), "{}", ran.err);
    }
}

#[test]
fn a_reader_who_goes_away_ends_the_run_with_its_own_code() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::Stdio;
    let world = World::new();
    let mut command = world.toy("many", &["--dry-run", "--output", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(141));
    assert_eq!(err, "");
}
