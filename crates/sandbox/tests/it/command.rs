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

#[test]
fn a_local_idosell_is_served_beside_it() {
    let mut child =
        sandbox(&["serve", "--listen=127.0.0.1:0", "--idosell=3", "--idosell-listen=127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first =
        lines.find_map(|line| line.strip_prefix("The sandbox IdoSell listens on ").map(str::to_owned));
    let url = first.expect("its address is told");
    let rest: Vec<String> = lines.take(7).collect();
    let rest = rest.join("\n");
    for told in
        [&format!("base URL           {url}"), "login  ", "password  ", &format!("{url}/marketplace-feed/")]
    {
        assert!(rest.contains(told), "{told} in {rest}");
    }
    std::net::TcpStream::connect(url.replace("http://", "")).expect("it listens");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_local_iai_is_served_beside_it() {
    let mut child = sandbox(&["serve", "--listen=127.0.0.1:0", "--iai=3", "--iai-listen=127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.find_map(|line| line.strip_prefix("The sandbox IAI listens on ").map(str::to_owned));
    let url = first.expect("its address is told");
    let rest: Vec<String> = lines.take(7).collect();
    let rest = rest.join("\n");
    for told in [&format!("base URL           {url}"), "API key  ", "login  ", "password  "] {
        assert!(rest.contains(told), "{told} in {rest}");
    }
    std::net::TcpStream::connect(url.replace("http://", "")).expect("it listens");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_local_subiektgt_is_served_beside_it() {
    let local = ["--subiektgt=3", "--subiektgt-listen=127.0.0.1:0", "--subiektgt-bridge-listen=127.0.0.1:0"];
    let mut child = sandbox(&["serve", "--listen=127.0.0.1:0"])
        .args(local)
        .arg("--subiektgt-bridge-token=FAKE-OTHER-TOKEN")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first =
        lines.find_map(|line| line.strip_prefix("The sandbox Subiekt GT listens on ").map(str::to_owned));
    let address = first.expect("its address is told");
    let rest: Vec<String> = lines.take(12).collect();
    let rest = rest.join("\n");
    for told in [
        &format!("database           {address}/Sandbox"),
        "user               sandbox",
        "password           FAKE-PASSWORD",
        &format!("SUBIEKTGT_SQL={address}/Sandbox"),
        "SUBIEKTGT_SQL_ENCRYPT=off",
        "SUBIEKTGT_BRIDGE_URL=http://127.0.0.1:",
        "SUBIEKTGT_BRIDGE_TOKEN=FAKE-OTHER-TOKEN",
    ] {
        assert!(rest.contains(told), "{told} in {rest}");
    }
    std::net::TcpStream::connect(address).expect("it listens");
    let bridge = rest.split_once("SUBIEKTGT_BRIDGE_URL=http://").and_then(|(_, rest)| rest.lines().next());
    std::net::TcpStream::connect(bridge.expect("its address is told")).expect("the bridge listens");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn an_offer_is_written_to_a_file_or_to_the_output() {
    let output = sandbox(&["offer", "--products", "3"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.starts_with("<?xml ") && told.ends_with("</offer>\n"), "{told}");
    assert_eq!(told.matches("<product ").count(), 3);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("full.xml");
    let name = file.to_str().unwrap();
    let status = sandbox(&["offer", "--products", "3", "--out", name]).status().unwrap();
    assert_eq!(status.code(), Some(0));
    let products = |text: &str| text.split_once("<products").unwrap().1.to_owned();
    assert_eq!(products(&std::fs::read_to_string(&file).unwrap()), products(&told));
    let (code, said) = refusal(&["offer", "--products=3", "--out", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("cannot write "), "{said}");
}

#[tokio::test]
async fn a_busy_port_is_a_clear_sentence() {
    let busy = gateway().await;
    let address = busy.url().replace("http://", "");
    let (code, said) =
        tokio::task::spawn_blocking(move || refusal(&["serve", "--listen", &address])).await.unwrap();
    assert_eq!(code, Some(1));
    assert!(said.contains("cannot listen on 127.0.0.1:") && said.contains("choose another"), "{said}");
    let address = format!("--idosell-listen={}", busy.url().replace("http://", ""));
    let (code, said) = tokio::task::spawn_blocking(move || {
        refusal(&["serve", "--listen=127.0.0.1:0", "--idosell=1", &address])
    })
    .await
    .unwrap();
    assert_eq!(code, Some(1));
    assert!(said.contains("cannot listen on 127.0.0.1:") && said.contains("choose another"), "{said}");
    let address = format!("--subiektgt-bridge-listen={}", busy.url().replace("http://", ""));
    let (code, said) = tokio::task::spawn_blocking(move || {
        refusal(&[
            "serve",
            "--listen=127.0.0.1:0",
            "--subiektgt=1",
            "--subiektgt-listen=127.0.0.1:0",
            &address,
        ])
    })
    .await
    .unwrap();
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
        "--prestashop",
        "--idosell",
        "--subiektgt",
        "--subiektgt-bridge-listen",
        "--subiektgt-bridge-token",
        "--verbose",
    ] {
        assert!(help.contains(option), "{option} in {help}");
    }
    assert!(help.matches("[default: ").count() >= 7, "every option says its default: {help}");
}
