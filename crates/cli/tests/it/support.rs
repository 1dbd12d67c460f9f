//! A world to run a program in: a Gateway of this machine, and the program with its settings.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use clock::Clock;
use gateway_core::model::{Platform, ShopKey};
use gateway_core::token::ShopGuid;
use sandbox::gateway::{Gateway, Options};
use serde_json::Value;
use state::{Owner, State, StateUrl, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A key of the toy shop that no real shop has.
pub(crate) const API_KEY: &str = "fake-toy-key-0123456789";

/// The program.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_toy"))
}

/// A Gateway that runs beside the test.
pub(crate) struct World {
    pub(crate) gateway: Gateway,
    /// The user's state folder.
    pub(crate) state: TempDir,
    runtime: Runtime,
}

impl World {
    pub(crate) fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let gateway = runtime.block_on(Gateway::start(Options::default())).unwrap();
        Self { gateway, state: tempfile::tempdir().unwrap(), runtime }
    }

    /// Does something that waits, as another program of this machine would.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The files of the toy program in the user's state folder.
    pub(crate) fn state_files(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.state.path().join("toy")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// The state of the toy shop in the user's state folder.
    pub(crate) fn state_file(&self) -> PathBuf {
        let is_state = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "db");
        let files: Vec<PathBuf> = self.state_files().into_iter().filter(is_state).collect();
        let [file] = files.as_slice() else { panic!("not one state: {files:?}") };
        file.clone()
    }

    /// What belongs to the toy shop in the state of this file, opened by this process.
    pub(crate) async fn store(&self, file: &Path) -> Store {
        self.store_at(&StateUrl::file(file)).await
    }

    /// What belongs to the toy shop in a state, opened by this process.
    pub(crate) async fn store_at(&self, url: &StateUrl) -> Store {
        self.store_of(url, "toys.example/shop").await
    }

    /// What belongs to a shop in a state, opened by this process.
    pub(crate) async fn store_of(&self, url: &StateUrl, shop: &str) -> Store {
        let toy = Platform::new("toy").unwrap();
        let state = State::open(url, &toy, &Clock::system()).await.unwrap();
        let gateway_shop = ShopGuid::parse(self.gateway.shop()).unwrap();
        let shop = ShopKey::named(shop).unwrap();
        state.owner(&Owner::new(&self.gateway.url().parse().unwrap(), gateway_shop, shop)).await.unwrap()
    }

    /// The program with all its settings told by the environment, and the shop in this mode.
    pub(crate) fn toy(&self, mode: &str, arguments: &[&str]) -> Command {
        let mut command = bare(arguments);
        command
            .env("GATEWAY_BASE_URL", self.gateway.url())
            .env("GATEWAY_SHOP_ID", self.gateway.shop())
            .env("GATEWAY_SECRET", self.gateway.secret())
            .env("TOY_BASE_URL", "https://toys.example/shop")
            .env("TOY_API_KEY", API_KEY)
            .env("TOY_MODE", mode)
            .env("XDG_STATE_HOME", self.state.path());
        command
    }

    pub(crate) fn run(&self, mode: &str, arguments: &[&str]) -> Ran {
        ran(&mut self.toy(mode, arguments))
    }

    /// How many requests the Gateway has seen.
    pub(crate) fn calls(&self) -> usize {
        self.gateway.calls().len()
    }
}

/// The program with an environment that tells it nothing. What it would remember lies where no user's does.
pub(crate) fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(arguments).env_clear().env("COLUMNS", "100").stdin(Stdio::null());
    command.env("XDG_STATE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/state"));
    command
}

/// What a program that has ended said.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The lines on standard output, each of which is one JSON object.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    /// The last line, which every run has.
    pub(crate) fn finished(&self) -> Value {
        let lines = self.json();
        let (last, others) = lines.split_last().expect("a last line");
        assert_eq!(last["event"], "finished", "{}", self.out);
        assert!(others.iter().all(|line| line["event"] != "finished"), "{}", self.out);
        last.clone()
    }
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs a program with these bytes on its standard input.
pub(crate) fn ran_with(command: &mut Command, input: &str) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // One that ends before it has read everything closes the pipe.
    let _closed = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A program that is at work.
pub(crate) struct Running {
    pub(crate) child: Child,
    out: BufReader<ChildStdout>,
    err: ChildStderr,
    said: String,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Self { child, out: BufReader::new(out), err, said: String::new() }
    }

    /// Waits for a line that holds `what`.
    pub(crate) fn wait_for(&mut self, what: &str) {
        loop {
            let mut line = String::new();
            if self.out.read_line(&mut line).unwrap() == 0 {
                let mut err = String::new();
                self.err.read_to_string(&mut err).unwrap();
                panic!("it ended before it said {what:?}; it said {:?} and {err:?}", self.said);
            }
            self.said.push_str(&line);
            if line.contains(what) {
                return;
            }
        }
    }

    /// Sends a signal to the process of this id.
    pub(crate) fn signal(pid: u32, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap();
        assert!(sent.success(), "{name} could not be sent");
    }

    pub(crate) fn end(mut self) -> Ran {
        self.out.read_to_string(&mut self.said).unwrap();
        let mut err = String::new();
        self.err.read_to_string(&mut err).unwrap();
        Ran { code: self.child.wait().unwrap().code(), out: self.said, err }
    }
}
