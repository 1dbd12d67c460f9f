//! The program, as its users run it.

use std::process::{Output, Stdio};

use sandbox::gateway::Gateway;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use toyshop_sandbox::{Goods, Shop};

use crate::shop::{mugs, start, test_clock};

/// Runs the program with nothing in its environment but what it is told here, and what it would keep for itself alone.
async fn run(arguments: &[&str], told: &[(&str, &str)], answers: &str) -> Output {
    let kept = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_toyshop"));
    command.args(arguments).env_clear().env("XDG_STATE_HOME", kept.path()).envs(told.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that asks for nothing may have ended by now.
    let _written = stdin.write_all(answers.as_bytes()).await.is_ok();
    drop(stdin);
    child.wait_with_output().await.unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

async fn sides() -> (Gateway, Shop) {
    let gateway = Gateway::start(sandbox::gateway::Options::default()).await.unwrap();
    let shop = start(&test_clock()).await;
    shop.hold(Goods { products: mugs(3), ..Goods::default() });
    (gateway, shop)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_in_order_by_pipe() {
    let (gateway, shop) = sides().await;
    let answers =
        format!("{}\r\n{}\n {}/api/ \n{}\n", gateway.secret(), gateway.shop(), shop.url(), shop.key());
    let output = run(&["check"], &[("GATEWAY_BASE_URL", &gateway.url())], &answers).await;
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let prompts = ["token signing key", "shop guid", "Toy Shop base URL", "Toy Shop API key"];
    let order = prompts.map(|prompt| {
        stderr
            .to_lowercase()
            .find(&prompt.to_lowercase())
            .unwrap_or_else(|| panic!("no {prompt:?} in {stderr}"))
    });
    assert!(order.is_sorted(), "{stderr}");
    for secret in [gateway.secret(), shop.key()] {
        assert!(!stdout.contains(secret) && !stderr.contains(secret), "a secret was shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_input_names_what_is_missing() {
    let (gateway, shop) = sides().await;
    let (gateway_url, shop_url) = (gateway.url(), shop.url());
    for missing in ["TOYSHOP_BASE_URL", "TOYSHOP_API_KEY"] {
        let mut told = vec![
            ("GATEWAY_BASE_URL", gateway_url.as_str()),
            ("GATEWAY_SHOP_ID", gateway.shop()),
            ("GATEWAY_SECRET", gateway.secret()),
            ("TOYSHOP_BASE_URL", &shop_url),
            ("TOYSHOP_API_KEY", shop.key()),
        ];
        told.retain(|(variable, _)| *variable != missing);
        let output = run(&["check"], &told, "").await;
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(missing), "{missing}: {}", text(&output.stderr));
    }
}
