//! The program, as its users run it.

use std::process::{Output, Stdio};

use sandbox::gateway::Gateway;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::firm::{Epp, Firm, good};

struct Sides {
    gateway: Gateway,
    firm: Firm,
    kept: TempDir,
}

impl Sides {
    async fn new() -> Self {
        let gateway = Gateway::start(sandbox::gateway::Options::default()).await.unwrap();
        let firm = Firm::new().with("a.epp", &Epp::of(vec![good("A", "Lampa"), good("B", "Świeca")]));
        Self { gateway, firm, kept: TempDir::new().unwrap() }
    }

    async fn run(&self, arguments: &[&str], answers: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_subiektgt"));
        command.args(arguments).env_clear().env("XDG_STATE_HOME", self.kept.path());
        command.env("GATEWAY_BASE_URL", self.gateway.url()).env("GATEWAY_SETTLE", "0");
        command.env("SUBIEKTGT_EPP", self.firm.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that asks for nothing may have ended by now.
        let _written = stdin.write_all(answers.as_bytes()).await.is_ok();
        drop(stdin);
        child.wait_with_output().await.unwrap()
    }

    /// The last line of a run that is told everything by its answers.
    async fn finished(&self, arguments: &[&str]) -> serde_json::Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--output", "json"]).collect();
        let (secret, shop) = (self.gateway.secret(), self.gateway.shop());
        let output = self.run(&arguments, &format!("{secret}\n{shop}\n")).await;
        serde_json::from_str(text(&output.stdout).lines().last().unwrap_or_default())
            .unwrap_or_else(|error| panic!("no last line: {error}: {}", text(&output.stderr)))
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Exit code, created, updated, archived, rejected.
fn counts(last: &serde_json::Value) -> [i64; 5] {
    ["exit", "created", "updated", "archived", "rejected"].map(|field| last[field].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_by_pipe() {
    let sides = Sides::new().await;
    let (secret, shop) = (sides.gateway.secret(), sides.gateway.shop());
    let output = sides.run(&["check"], &format!("{secret}\n{shop}\n")).await;
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("files tell no stock levels"), "{stderr}");
    assert!(
        !stderr.contains("Subiekt GT database"),
        "a database is not asked for where files are told: {stderr}"
    );
    let output = sides.run(&["check"], &format!("{secret}\n")).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("GATEWAY_SHOP_ID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_imported_once_and_their_changes_after_that() {
    let sides = Sides::new().await;
    assert_eq!(counts(&sides.finished(&["import"]).await), [0, 2, 0, 0, 0]);
    assert_eq!(counts(&sides.finished(&["import"]).await), [0, 0, 0, 0, 0]);
    // People keep the levels at the marketplace, and an import does not touch them.
    let goods = sides.gateway.products();
    let lamp = goods.iter().find(|product| product["sku"] == "A").expect("the lamp");
    assert_eq!(lamp["stock_level"], 0);
    assert!(sides.gateway.set_stock(lamp["guid"].as_str().unwrap(), 7));
    // The same symbol in other letters, with another name, and a further good.
    let later =
        Epp { made: "20260401080000", ..Epp::of(vec![good("a", "Lampa mosiężna"), good("C", "Knot")]) };
    sides.firm.write("b.epp", &later);
    assert_eq!(counts(&sides.finished(&["import"]).await), [0, 1, 1, 0, 0]);
    let lamp = sides.gateway.product(lamp["guid"].as_str().unwrap()).unwrap();
    assert_eq!((lamp["name"].as_str(), lamp["stock_level"].as_i64()), (Some("Lampa mosiężna"), Some(7)));
    // Without the state nothing is doubled.
    std::fs::remove_dir_all(sides.kept.path().join("subiektgt")).unwrap();
    assert_eq!(counts(&sides.finished(&["import"]).await), [0, 0, 0, 0, 0]);
    // What is in no file any more is archived where that is asked for.
    sides.firm.write("a.epp", &Epp::of(vec![good("A", "Lampa")]));
    assert_eq!(counts(&sides.finished(&["import"]).await), [0, 0, 0, 0, 0]);
    assert_eq!(counts(&sides.finished(&["import", "--prune"]).await), [0, 0, 0, 1, 0]);
}
