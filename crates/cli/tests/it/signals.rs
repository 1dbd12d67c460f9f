//! SIGINT and SIGTERM in the middle of a run. The shop that is slow brings one product and then nothing more.

use std::process::{Command, Stdio};

use crate::support::{Running, World, bare, program};

const DRY: [&str; 3] = ["--dry-run", "--output", "json"];

#[test]
fn a_signal_ends_the_run_with_its_summary_and_its_code() {
    let world = World::new();
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut running = Running::start(&mut world.toy("slow", &DRY));
        running.wait_for("would_create");
        Running::signal(running.child.id(), signal);
        let ran = running.end();
        assert_eq!(ran.code, Some(code), "{}", ran.err);
        let finished = ran.finished();
        assert_eq!((&finished["exit"], &finished["created"]), (&code.into(), &1.into()), "{finished}");
        assert!(finished["error"].as_str().unwrap().contains(signal), "{finished}");
    }
}

#[test]
fn people_get_a_summary_of_what_was_read() {
    let world = World::new();
    let mut running = Running::start(&mut world.toy("slow", &["--dry-run"]));
    running.wait_for("would create");
    Running::signal(running.child.id(), "INT");
    let ran = running.end();
    assert_eq!(ran.code, Some(130), "{}", ran.err);
    assert!(
        ran.out.contains("1 product read; 1 variant would be created; 1 picture would be sent."),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("This is not the whole catalogue"), "{}", ran.out);
    assert!(ran.err.contains("stopped by SIGINT"), "{}", ran.err);
}

/// This shop does not listen, so the first signal alone would have to wait for its grace of 10 s.
#[test]
fn a_second_signal_ends_the_run_at_once() {
    let world = World::new();
    let mut running = Running::start(&mut world.toy("stubborn", &DRY));
    running.wait_for("would_create");
    let clock = clock::Clock::system();
    let began = clock.moment();
    let pid = running.child.id();
    Running::signal(pid, "TERM");
    // The signal is taken from the pending ones before the next is sent: two of a kind would be one.
    while pending(pid) {
        std::thread::yield_now();
    }
    Running::signal(pid, "INT");
    let ran = running.end();
    // Which of the two is heard first is not told.
    assert!(matches!(ran.code, Some(130 | 143)), "{:?} {}", ran.code, ran.err);
    let took = clock.moment().since(began);
    assert!(took < std::time::Duration::from_secs(9), "it took {took:?}: it waited for its grace");
    let finished = ran.finished();
    assert_eq!(finished["created"], 1, "{finished}");
}

/// Two signals to a run that does not listen, and what it said on standard error.
fn stopped_twice(world: &World, arguments: &[&str], begun: &str) -> String {
    let mut running = Running::start(&mut world.toy("stubborn", arguments));
    running.wait_for(begun);
    let pid = running.child.id();
    for signal in ["TERM", "INT"] {
        Running::signal(pid, signal);
        while pending(pid) {
            std::thread::yield_now();
        }
    }
    running.end().err
}

#[test]
fn who_stops_a_run_is_told_what_it_waits_for() {
    let world = World::new();
    let told = "stopping: what is in flight is finished, 10 s at most; once more ends it at once\n";
    assert_eq!(stopped_twice(&world, &["--dry-run"], "would create").matches(told).count(), 1);
    let json = stopped_twice(&world, &DRY, "would_create");
    assert!(!json.contains("stopping"), "{json}");
}

/// Whether a signal waits to be taken by the process.
fn pending(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let waiting = status.lines().find_map(|line| line.strip_prefix("ShdPnd:"));
    waiting.is_some_and(|mask| mask.trim().bytes().any(|digit| digit != b'0'))
}

#[test]
fn a_signal_is_heard_while_an_answer_is_waited_for() {
    let mut command = bare(&DRY);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut prompt = String::new();
    let mut err = std::io::BufReader::new(child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut err, &mut prompt).unwrap();
    assert_eq!(prompt, "Token signing key:\n");
    Running::signal(child.id(), "TERM");
    // Standard input stays open: it is not its end that ends the run.
    let stdin = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!(output.status.code(), Some(143));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.starts_with("{\"event\":\"finished\",\"exit\":143,"), "{out}");
}

/// A container's first process gets no signal for which it has not set a handler.
#[test]
fn signals_are_heard_as_the_first_process_of_a_container() {
    let world = World::new();
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let toy = world.toy("slow", &[]);
        let mut command = Command::new("unshare");
        command
            .args(["--fork", "--pid", "--mount-proc", "--kill-child"])
            .arg(program())
            .args(DRY)
            .env_clear()
            .envs(toy.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .stdin(Stdio::null());
        // Where a new namespace is refused, this says what `unshare` said: the test needs root or user namespaces.
        let mut running = Running::start(command.env("PATH", std::env::var_os("PATH").unwrap()));
        running.wait_for("would_create");
        Running::signal(child_of(running.child.id()), signal);
        let ran = running.end();
        assert_eq!(ran.code, Some(code), "{}", ran.err);
        assert_eq!(ran.finished()["exit"], code, "{}", ran.out);
    }
}

/// The one child of a process.
fn child_of(pid: u32) -> u32 {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.trim().parse().unwrap_or_else(|_| panic!("{pid} has the children {children:?}, not one"))
}

#[test]
fn a_pass_that_is_done_waits_for_no_shop_that_does_not_answer() {
    let world = World::new();
    let mut running = Running::start(&mut world.toy("hanging", &["stock", "--output", "json"]));
    running.wait_for("asked_for_documents");
    let clock = clock::Clock::system();
    let began = clock.moment();
    Running::signal(running.child.id(), "TERM");
    let ran = running.end();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let took = clock.moment().since(began);
    assert!(took < std::time::Duration::from_secs(9), "it took {took:?}: it waited for its grace");
}
