//! The program, as its users write documents with it.

use std::process::Output;

use clock::Clock;
use gateway_core::model::{Platform, ShopKey};
use gateway_core::token::ShopGuid;
use sandbox::gateway::Gateway;
use serde_json::Value;
use state::{LeaseKind, Owner, State, StateUrl, Store};
use tempfile::TempDir;
use tokio::process::Command;

use super::office::take_in;
use crate::sql::Office;

struct Sides {
    gateway: Gateway,
    office: Office,
    kept: TempDir,
    out: TempDir,
}

impl Sides {
    async fn new() -> Self {
        let gateway = Gateway::start(sandbox::gateway::Options::default()).await.unwrap();
        let office = Office::new().await;
        office.put_many(1..=2);
        let sides = Self { gateway, office, kept: TempDir::new().unwrap(), out: TempDir::new().unwrap() };
        sides.finished(&["import", "--images=none"]).await;
        sides
    }

    /// A run without a terminal, whose answers come by a pipe that is at its end.
    async fn run(&self, arguments: &[&str]) -> Output {
        let address = format!("{}/{}", self.office.server.address(), self.office.server.database());
        let mut command = Command::new(env!("CARGO_BIN_EXE_subiektgt"));
        command.args(arguments).env_clear().env("XDG_STATE_HOME", self.kept.path());
        command.env("GATEWAY_BASE_URL", self.gateway.url()).env("GATEWAY_SETTLE", "0");
        command.env("GATEWAY_SECRET", self.gateway.secret()).env("GATEWAY_SHOP_ID", self.gateway.shop());
        command.env("SUBIEKTGT_SQL", address).env("SUBIEKTGT_SQL_ENCRYPT", "off");
        command.env("SUBIEKTGT_SQL_USER", self.office.server.user());
        command.env("SUBIEKTGT_SQL_PASSWORD", self.office.server.password());
        command.env("SUBIEKTGT_EPP_OUT", self.out.path());
        command.stdin(std::process::Stdio::null()).kill_on_drop(true).output().await.unwrap()
    }

    /// The lines of a run that ends well.
    async fn finished(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--output", "json"]).collect();
        let output = self.run(&arguments).await;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    async fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    }

    /// What is remembered of the firm, opened by another process.
    async fn store(&self) -> Store {
        let files =
            std::fs::read_dir(self.kept.path().join("subiektgt")).unwrap().map(|file| file.unwrap().path());
        let file =
            files.into_iter().find(|file| file.extension().is_some_and(|ending| ending == "db")).unwrap();
        let platform = Platform::new("subiektgt").unwrap();
        let state = State::open(&StateUrl::file(&file), &platform, &Clock::system()).await.unwrap();
        let shop = ShopKey::named(&self.office.server.database().to_lowercase()).unwrap();
        let guid = ShopGuid::parse(self.gateway.shop()).unwrap();
        state.owner(&Owner::new(&self.gateway.url().parse().unwrap(), guid, shop)).await.unwrap()
    }

    /// What is remembered of the file was written at that time.
    fn was_written(&self, at: &str) {
        let firms = std::fs::read_dir(self.kept.path().join("subiektgt").join("documents")).unwrap();
        let files = firms.flat_map(|firm| std::fs::read_dir(firm.unwrap().path()).unwrap());
        let is_json = |file: &std::path::PathBuf| file.extension().is_some_and(|ending| ending == "json");
        for file in files.map(|file| file.unwrap().path()).filter(is_json) {
            let mut json: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            json["at"] = at.into();
            std::fs::write(&file, json.to_string()).unwrap();
        }
    }

    fn guid(&self, sku: &str) -> String {
        let goods = self.gateway.products();
        let good = goods.iter().find(|product| product["sku"] == sku).expect("a good");
        good["guid"].as_str().unwrap().to_owned()
    }

    fn level(&self, sku: &str) -> i64 {
        self.gateway.product(&self.guid(sku)).unwrap()["stock_level"].as_i64().unwrap()
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn outstanding(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|line| line["event"] == "outstanding").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_written_on_demand_and_counted_until_they_are_booked() {
    let sides = Sides::new().await;
    assert!(sides.gateway.set_stock(&sides.guid("SYM-1"), 3));
    // Nobody has asked for a file.
    assert!(outstanding(&sides.finished(&["stock"]).await).is_empty());
    assert_eq!(sides.level("SYM-1"), 3, "and what was sold is not put on sale again");
    // The pass before has counted what it did not carry.
    assert!(sides.gateway.set_stock(&sides.guid("SYM-1"), 1));
    let lines = sides.finished(&["stock", "--direction=both"]).await;
    let [document] = outstanding(&lines)[..] else { panic!("{lines:?}") };
    assert_eq!(
        (&document["lines"][0]["symbol"], &document["lines"][0]["delta"]),
        (&"SYM-1".into(), &(-2).into())
    );
    let file = document["file"].as_str().unwrap();
    for direction in ["--direction=both", "--direction=to-gateway", "--direction=to-shop"] {
        let lines = sides.finished(&["stock", direction]).await;
        assert!(!lines.iter().any(|line| line["event"] == "set_level"), "{lines:?}");
        assert_eq!(outstanding(&lines).len(), 1, "nothing is written again");
    }
    let listed = sides.text(&["stock", "outstanding"]).await;
    assert!(
        listed.contains(file) && listed.contains("-2 SYM-1") && listed.contains("not certain"),
        "{listed}"
    );
    take_in(&sides.office.firm, &std::fs::read(file).unwrap());
    assert!(outstanding(&sides.finished(&["stock", "--direction=both"]).await).is_empty());
    assert!(sides.text(&["stock", "outstanding"]).await.contains("No document is outstanding."));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_say_what_became_of_a_file() {
    let sides = Sides::new().await;
    sides.office.firm.deny("dok__Dokument");
    sides.finished(&["stock", "--direction=both"]).await;
    assert!(sides.gateway.set_stock(&sides.guid("SYM-2"), 4));
    let told = sides.text(&["stock", "--direction=both"]).await;
    assert!(told.contains("1 change written; import it in the program: "), "{told}");
    let listed = sides.finished(&["stock", "outstanding"]).await;
    let first = outstanding(&listed)[0]["file"].as_str().unwrap().to_owned();
    let discarded = sides.finished(&["stock", "outstanding", "--discard", &first]).await;
    assert_eq!((&discarded[0]["event"], discarded.len()), (&"discarded".into(), 2));
    let lines = sides.finished(&["stock", "--direction=both"]).await;
    let second = outstanding(&lines)[0]["numbers"][0].as_str().unwrap().to_owned();
    assert!(!first.contains(&second[..second.len() - 1]), "it was written anew");
    let booked = sides.text(&["stock", "outstanding", "--booked", &second]).await;
    assert!(booked.contains("its 1 change count as taken in"), "{booked}");
    assert!(outstanding(&sides.finished(&["stock", "outstanding"]).await).is_empty());
    for (arguments, code, why) in [
        (&["stock", "outstanding", "--booked", second.as_str()][..], 2, "is outstanding"),
        (&["stock", "outstanding", "--booked=a", "--discard=b"], 2, "cannot be used with"),
        (&["stock", "--dry-run", "outstanding"], 2, "--dry-run is an option of"),
    ] {
        let output = sides.run(arguments).await;
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(why), "{}", text(&output.stderr));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_settled_while_a_pass_is_at_work() {
    let sides = Sides::new().await;
    assert!(sides.gateway.set_stock(&sides.guid("SYM-1"), 4));
    let lines = sides.finished(&["stock", "--direction=both"]).await;
    let number = outstanding(&lines)[0]["numbers"][0].as_str().unwrap().to_owned();
    let pass = sides.store().await.lease(LeaseKind::Stock, "another pass").await.unwrap();
    let refused = sides.run(&["stock", "outstanding", "--discard", &number]).await;
    assert_eq!(refused.status.code(), Some(75), "{}", text(&refused.stderr));
    assert_eq!(
        outstanding(&sides.finished(&["stock", "outstanding"]).await).len(),
        1,
        "who lists needs nobody's leave"
    );
    pass.release().await.unwrap();
    sides.finished(&["stock", "outstanding", "--discard", &number]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_any_more_needs_a_look_until_somebody_says_what_became_of_it() {
    let sides = Sides::new().await;
    assert!(sides.gateway.set_stock(&sides.guid("SYM-1"), 4));
    let lines = sides.finished(&["stock", "--direction=both"]).await;
    let file = outstanding(&lines)[0]["file"].as_str().unwrap().to_owned();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(sides.run(&["stock", "--direction=both"]).await.status.code(), Some(0), "it is on its way");
    sides.was_written("2026-03-01T12:00:00Z");
    let pass = sides.run(&["stock", "--direction=both", "-q"]).await;
    assert_eq!(pass.status.code(), Some(3), "{}", text(&pass.stderr));
    assert!(text(&pass.stdout).contains(&format!("warning: {file} is not there any more")), "{pass:?}");
    sides.finished(&["stock", "outstanding", "--booked", &file]).await;
    assert!(outstanding(&sides.finished(&["stock", "--direction=both"]).await).is_empty());
}
