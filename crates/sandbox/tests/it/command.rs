//! The program itself.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use assert_cmd::cargo::CommandCargoExt as _;
use sandbox::gateway::{DEFAULT_SECRET, DEFAULT_SHOP};

use crate::client::{gateway, options};

fn sandbox(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("sandbox").unwrap();
    command.args(arguments);
    command
}

/// What the program says at its end, with its exit code.
fn refusal(arguments: &[&str]) -> (Option<i32>, String) {
    let output = sandbox(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn serving_says_what_to_tell_a_connector_and_ends_with_0() {
    let mut child = sandbox(&["serve", "--listen", "127.0.0.1:0", "--products", "3", "--fault", "drop=0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let url =
        first.strip_prefix("The sandbox Gateway listens on ").expect("the address comes first").to_owned();
    let rest: Vec<String> = lines.by_ref().take(8).map(Result::unwrap).collect();
    let rest = rest.join("\n");
    for told in [url.as_str(), DEFAULT_SHOP, DEFAULT_SECRET, "browser", "fake"] {
        assert!(rest.contains(told), "{told} in {rest}");
    }
    std::net::TcpStream::connect(url.replace("http://", "")).expect("it listens");
    if cfg!(unix) {
        let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(interrupted.success());
        assert_eq!(child.wait().unwrap().code(), Some(0));
    } else {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[tokio::test]
async fn a_busy_port_is_a_clear_sentence() {
    let busy = gateway().await;
    let address = busy.url().replace("http://", "");
    let (code, said) =
        tokio::task::spawn_blocking(move || refusal(&["serve", "--listen", &address])).await.unwrap();
    assert_eq!(code, Some(1));
    assert!(said.contains("cannot listen on 127.0.0.1:") && said.contains("choose another"), "{said}");
}

#[test]
fn wrong_options_are_wrong_usage() {
    let cases = [
        ("--fault=melt=5", "`melt` is no fault"),
        ("--fault=drop", "KIND=PERCENT"),
        ("--fault=drop=101", "from 0 to 100"),
        ("--fault=hang=1", "`hang` is no fault"),
        ("--listen=8080", "--listen"),
    ];
    for (argument, told) in cases {
        let (code, said) = refusal(&["serve", argument]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(told), "{told} in {said}");
    }
    let (code, said) = refusal(&["serve", "--listen=127.0.0.1:0", "--fault=drop=60", "--fault=half=60"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("120 % together"), "{said}");
}

#[test]
fn the_default_options_are_those_of_a_free_port_on_this_machine() {
    assert_eq!(options().listen.to_string(), "127.0.0.1:0");
    let help = sandbox(&["serve", "--help"]).output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    for option in [
        "--listen",
        "--index-lag",
        "--latency-ms",
        "--max-in-flight",
        "--fault",
        "--seed",
        "--products",
        "--verbose",
    ] {
        assert!(help.contains(option), "{option} in {help}");
    }
    assert!(help.matches("[default: ").count() >= 7, "every option says its default: {help}");
}
