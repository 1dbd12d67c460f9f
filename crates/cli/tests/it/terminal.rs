//! Asking at a terminal.

use std::process::Command;

use expectrl::process::unix::UnixProcess;
use expectrl::session::OsSession;
use expectrl::{ControlCode, Eof, Expect as _, Session};

use crate::support::{API_KEY, World, program};

/// A program at a terminal that shows what is typed, as a person's does.
fn at_terminal(world: &World, arguments: &[&str]) -> OsSession {
    let mut command = Command::new("sh");
    command
        .args(["-c", "stty echo; exec \"$0\" \"$@\""])
        .arg(program())
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TERM", "xterm")
        .env("XDG_STATE_HOME", world.state.path())
        .env("GATEWAY_BASE_URL", world.gateway.url());
    Session::spawn(command).unwrap()
}

fn shows_what_is_typed(session: &OsSession) -> bool {
    let process: &UnixProcess = session.get_process();
    process.get_echo().unwrap()
}

/// Types an answer to a prompt that must not show it. The prompt is written just before the terminal is told so.
fn type_hidden(session: &mut OsSession, answer: &str) {
    while shows_what_is_typed(session) {
        std::thread::yield_now();
    }
    session.send_line(answer).unwrap();
}

/// Waits for `what`, and keeps what came until then.
fn expect(session: &mut OsSession, what: &str, seen: &mut String) {
    let found = session.expect(what).unwrap_or_else(|error| panic!("{what:?}: {error}; before: {seen}"));
    seen.push_str(&String::from_utf8_lossy(found.before()));
    seen.push_str(what);
}

fn rest(mut session: OsSession, seen: &mut String) -> Option<i32> {
    let found = session.expect(Eof).unwrap_or_else(|error| panic!("no end: {error}; before: {seen}"));
    seen.push_str(&String::from_utf8_lossy(found.as_bytes()));
    match session.get_process().wait().unwrap() {
        expectrl::process::unix::WaitStatus::Exited(_, code) => Some(code),
        _ => None,
    }
}

#[test]
fn a_person_is_asked_in_order_secrets_unseen_and_again_after_a_wrong_answer() {
    let world = World::new();
    let mut session = at_terminal(&world, &["--dry-run"]);
    let mut seen = String::new();
    expect(&mut session, "Token signing key", &mut seen);
    type_hidden(&mut session, "wrong key, not base64");
    expect(&mut session, "is not base64", &mut seen);
    expect(&mut session, "Token signing key", &mut seen);
    type_hidden(&mut session, world.gateway.secret());
    expect(&mut session, "Shop guid", &mut seen);
    session.send_line("0b9f6c1e").unwrap();
    expect(&mut session, "is not a shop guid", &mut seen);
    expect(&mut session, "Shop guid", &mut seen);
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
    session.send_line(world.gateway.shop()).unwrap();
    expect(&mut session, "Toy base URL", &mut seen);
    session.send_line("https://toys.example").unwrap();
    expect(&mut session, "Toy API key", &mut seen);
    type_hidden(&mut session, API_KEY);
    expect(&mut session, "would create 1 \"Mug\"", &mut seen);
    assert_eq!(rest(session, &mut seen), Some(0), "{seen}");
    for secret in [world.gateway.secret(), API_KEY, "wrong key"] {
        assert!(!seen.contains(secret), "{secret} was shown: {seen}");
    }
    assert!(seen.contains("0%  looking at what the marketplace has"), "there was no progress: {seen}");
    assert!(seen.contains("Dry run: nothing was written."), "{seen}");
}

#[test]
fn a_person_is_told_of_all_rejects_in_a_quiet_run_too() {
    let world = World::new();
    for _ in 0..2 {
        let session = Session::spawn(world.toy("rejects", &["-q"])).unwrap();
        let mut seen = String::new();
        assert_eq!(rest(session, &mut seen), Some(3), "{seen}");
        assert!(seen.starts_with("rejected 4 \"Lamp\"") && seen.lines().count() == 1, "{seen}");
    }
}

/// The shop that is slow tells of one product, and then of nothing for good.
#[test]
fn a_person_sees_that_goods_are_read_from_the_first_of_them_on() {
    let world = World::new();
    let mut command = world.toy("slow", &["--dry-run"]);
    command.env("TERM", "xterm");
    let mut session = Session::spawn(command).unwrap();
    let mut seen = String::new();
    expect(&mut session, "0%  looking at what the marketplace has", &mut seen);
    expect(&mut session, "would create 1 \"Mug\"", &mut seen);
    expect(&mut session, "0 of 3 products: 1 created", &mut seen);
    session.send(ControlCode::EndOfText).unwrap();
    assert_eq!(rest(session, &mut seen), Some(130), "{seen}");
}

#[test]
fn ctrl_c_at_a_prompt_ends_the_run_and_leaves_the_terminal_as_it_was() {
    let world = World::new();
    let mut session = at_terminal(&world, &["--dry-run", "--output", "json"]);
    let mut seen = String::new();
    expect(&mut session, "Token signing key", &mut seen);
    while shows_what_is_typed(&session) {
        std::thread::yield_now();
    }
    session.send(ControlCode::EndOfText).unwrap();
    expect(&mut session, "\"event\":\"finished\",\"exit\":130", &mut seen);
    assert!(shows_what_is_typed(&session), "the terminal does not show what is typed any more");
    assert_eq!(rest(session, &mut seen), Some(130), "{seen}");
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
}

#[test]
fn ctrl_c_at_a_prompt_that_shows_the_answer_ends_the_run_too() {
    let world = World::new();
    let mut session = at_terminal(&world, &["--dry-run"]);
    let mut seen = String::new();
    expect(&mut session, "Token signing key", &mut seen);
    type_hidden(&mut session, world.gateway.secret());
    expect(&mut session, "Shop guid", &mut seen);
    session.send(ControlCode::EndOfText).unwrap();
    assert_eq!(rest(session, &mut seen), Some(130), "{seen}");
}

#[test]
fn nobody_who_answers_is_told_what_is_missing() {
    let world = World::new();
    let mut session = at_terminal(&world, &["--dry-run"]);
    let mut seen = String::new();
    for told in ["an answer is needed", "an answer is needed", "Token signing key is missing"] {
        expect(&mut session, "Token signing key: ", &mut seen);
        type_hidden(&mut session, "");
        expect(&mut session, told, &mut seen);
    }
    assert_eq!(rest(session, &mut seen), Some(2), "{seen}");
    assert!(seen.contains("GATEWAY_SECRET"), "{seen}");
}
