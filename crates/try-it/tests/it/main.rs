//! The README's first command.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

fn try_it(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_try-it"));
    command.args(["prestashop", "--any-port", "--products", "20"]).args(arguments);
    // What stands in a user's environment is not for the sample shop.
    command.env("PRODUCT", "nothing").env("OUTPUT", "json").env("GATEWAY_SHOP_ID", "another");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Ends with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
    }
}

/// What it says, up to a line that holds `what`.
fn said_until(child: &mut Child, what: &str) -> String {
    let mut said = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    while !said.contains(what) {
        assert_ne!(out.read_line(&mut said).unwrap(), 0, "it ended before it said {what:?}: {said}");
    }
    child.stdout = Some(out.into_inner());
    said
}

fn page(url: &str) -> String {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

#[test]
fn it_imports_a_shop_and_says_where_to_look_at_the_result() {
    let mut running = Running(try_it(&[]).spawn().unwrap());
    let child = &mut running.0;
    let said = said_until(child, "Look at the result in a browser: ");
    assert!(said.contains("A local PrestaShop of 46 products goes into a local marketplace."), "{said}");
    assert!(said.contains(" variants created; "), "{said}");
    let url = said.lines().last().unwrap().rsplit(' ').next().unwrap();
    let page = page(url);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Kuchnia"), "no goods in a category: {page}");
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn it_can_end_with_the_import() {
    let output = try_it(&["--once"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains(" variants created; ") && !said.contains("in a browser"), "{said}");
}
