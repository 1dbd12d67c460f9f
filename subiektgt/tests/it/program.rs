//! The program, as its users run it.

use std::process::{Output, Stdio};

use sandbox::gateway::Gateway;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::firm::{Epp, Firm, good};
use crate::sql::Office;

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

    /// Runs the program, which is told this by its environment and its answers.
    async fn run_with(&self, told: &[(&str, &str)], arguments: &[&str], answers: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_subiektgt"));
        command.args(arguments).env_clear().env("XDG_STATE_HOME", self.kept.path());
        command.env("GATEWAY_BASE_URL", self.gateway.url()).env("GATEWAY_SETTLE", "0");
        command.envs(told.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that asks for nothing may have ended by now.
        let _written = stdin.write_all(answers.as_bytes()).await.is_ok();
        drop(stdin);
        child.wait_with_output().await.unwrap()
    }

    async fn run(&self, arguments: &[&str], answers: &str) -> Output {
        let path = self.firm.path().display().to_string();
        self.run_with(&[("SUBIEKTGT_EPP", &path)], arguments, answers).await
    }

    /// Key and guid, as they are answered.
    fn answers(&self) -> String {
        format!("{}\n{}\n", self.gateway.secret(), self.gateway.shop())
    }

    /// The last line of a run that is told everything by its answers.
    async fn finished(&self, arguments: &[&str]) -> serde_json::Value {
        let path = self.firm.path().display().to_string();
        self.finished_with(&[("SUBIEKTGT_EPP", &path)], arguments).await
    }

    async fn finished_with(&self, told: &[(&str, &str)], arguments: &[&str]) -> serde_json::Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--output", "json"]).collect();
        let output = self.run_with(told, &arguments, &self.answers()).await;
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

/// A database with the two goods of the files, and one more.
async fn office() -> Office {
    let office = Office::new().await;
    for (id, symbol, name) in [(101, "A", "Lampa"), (102, "B ", "Świeca"), (103, "C", "Knot")] {
        office.put(subiektgt_sandbox::Good::new(id, symbol, name));
    }
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_asked_for_by_pipe_and_read() {
    let (sides, office) = (Sides::new().await, office().await);
    let database = format!("{}/{}", office.server.address(), office.server.database());
    let answers =
        format!("{}{database}\n{}\n{}\n", sides.answers(), office.server.user(), office.server.password());
    let off = [("SUBIEKTGT_SQL_ENCRYPT", "off")];
    let output = sides.run_with(&off, &["import"], &answers).await;
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    for asked in ["Subiekt GT database (HOST", "Subiekt GT database login", "Subiekt GT database password"] {
        assert!(stderr.contains(asked), "{asked}: {stderr}");
    }
    assert_eq!(sides.gateway.products().len(), 3);
    assert!(!stderr.contains(office.server.password()), "{stderr}");
    // Levels go to the marketplace from then on.
    office.firm.set_stock(
        101,
        subiektgt_sandbox::MAIN_WAREHOUSE,
        crate::sql::decimal("2"),
        crate::sql::decimal("0"),
    );
    let output = sides.run_with(&off, &["stock"], &answers).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let level = |sku: &str| {
        sides
            .gateway
            .products()
            .iter()
            .find(|good| good["sku"] == sku)
            .map(|good| good["stock_level"].clone())
    };
    assert_eq!((level("A"), level("B")), (Some(2.into()), Some(5.into())));
    // By default what is said is encrypted, which this server cannot.
    let output = sides.run_with(&[], &["check"], &answers).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("SUBIEKTGT_SQL_ENCRYPT"), "{}", text(&output.stderr));
    let wrong = format!("{}{database}\n{}\nFAKE-WRONG\n", sides.answers(), office.server.user());
    let output = sides.run_with(&off, &["check"], &wrong).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("SUBIEKTGT_SQL_PASSWORD"), "{}", text(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_stands_alone_on_the_command_line() {
    let (sides, office) = (Sides::new().await, office().await);
    office.put(subiektgt_sandbox::Good {
        for_web_shop: false,
        ..subiektgt_sandbox::Good::new(101, "A", "Lampa")
    });
    let told = sql(&office);
    let told: Vec<(&str, &str)> = told.iter().map(|(variable, value)| (*variable, value.as_str())).collect();
    let last = sides.finished_with(&told, &["--only-web-shop", "import"]).await;
    assert_eq!(counts(&last), [0, 2, 0, 0, 0]);
    let off = [told.as_slice(), &[("SUBIEKTGT_ONLY_WEB_SHOP", "1")]].concat();
    let last = sides.finished_with(&off, &["import", "--only-web-shop=no", "--dry-run"]).await;
    assert_eq!(counts(&last), [0, 1, 0, 0, 0]);
}

/// What a database is told by.
fn sql(office: &Office) -> Vec<(&'static str, String)> {
    vec![
        ("SUBIEKTGT_SQL", format!("{}/{}", office.server.address(), office.server.database())),
        ("SUBIEKTGT_SQL_USER", office.server.user().to_owned()),
        ("SUBIEKTGT_SQL_PASSWORD", office.server.password().to_owned()),
        ("SUBIEKTGT_SQL_ENCRYPT", "off".to_owned()),
        // The key that the firm has by its files.
        ("SHOP_KEY", "5250000000".to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_that_moves_from_files_to_its_database_and_back_has_nothing_twice() {
    let (sides, office) = (Sides::new().await, office().await);
    let told = sql(&office);
    let told: Vec<(&str, &str)> = told.iter().map(|(variable, value)| (*variable, value.as_str())).collect();
    assert_eq!(counts(&sides.finished(&["import"]).await), [0, 2, 0, 0, 0]);
    let guids = || {
        let mut goods: Vec<String> =
            sides.gateway.products().iter().map(|good| format!("{} {}", good["sku"], good["guid"])).collect();
        goods.sort();
        goods
    };
    let before = guids();
    let lose_the_state = || std::fs::remove_dir_all(sides.kept.path().join("subiektgt")).unwrap();
    // Two go over to their numbers, and the third is new.
    assert_eq!(counts(&sides.finished_with(&told, &["import", "--prune"]).await), [0, 1, 2, 0, 0]);
    assert_eq!(guids()[..2], before[..], "they are the same goods");
    assert_eq!(counts(&sides.finished_with(&told, &["import", "--prune"]).await), [0, 0, 0, 0, 0]);
    lose_the_state();
    assert_eq!(counts(&sides.finished_with(&told, &["import", "--prune"]).await), [0, 0, 0, 0, 0]);
    let source = |sku: &str| {
        sides.gateway.products().iter().find(|good| good["sku"] == sku).unwrap()["data"]["source"].clone()
    };
    assert_eq!(
        (source("B")["product"].as_str(), source("B")["sent"]["also"].as_str()),
        (Some("102"), Some("symbol:B"))
    );
    // Back to files, in which the third is not: nothing is created, and only that one goes.
    assert_eq!(counts(&sides.finished(&["import", "--prune"]).await), [0, 0, 0, 1, 0]);
    lose_the_state();
    assert_eq!(counts(&sides.finished(&["import"]).await), [0, 0, 0, 0, 0]);
    // A symbol that is changed in the database is no other good.
    office.put(subiektgt_sandbox::Good::new(102, "B-2", "Świeca"));
    assert_eq!(counts(&sides.finished_with(&told, &["import", "--prune"]).await), [0, 0, 2, 0, 0]);
    assert_eq!(sides.gateway.products().len(), 3);
    sides.firm.write("a.epp", &Epp::of(vec![good("A", "Lampa"), good("B-2", "Świeca"), good("C", "Knot")]));
    assert_eq!(counts(&sides.finished(&["import", "--prune"]).await), [0, 0, 0, 0, 0]);
    assert_eq!(sides.gateway.products().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_read_any_more_stays_as_it_was_sent() {
    let (sides, office) = (Sides::new().await, office().await);
    office.firm.put_group(1, "Lampy");
    office.firm.put_model(1, "Lampa");
    for (id, good) in [101, 103].into_iter().enumerate() {
        office.firm.put_in_model(good, 1);
        let (id, bytes) = (i32::try_from(id).unwrap(), crate::sql::JPEG.to_vec());
        office.firm.put_picture(subiektgt_sandbox::Picture { id, good, bytes, ..Default::default() });
    }
    let told = sql(&office);
    let told: Vec<(&str, &str)> = told.iter().map(|(variable, value)| (*variable, value.as_str())).collect();
    let first = sides.finished_with(&told, &["import"]).await;
    assert_eq!((counts(&first), first["images"].as_i64()), ([0, 3, 0, 0, 0], Some(2)));
    let there = || sides.gateway.products();
    let before = there();
    for table in ["sl_GrupaTw", "tw_CechaTw", "sl_ModelTw", "tw_ZdjecieTw", "tw_Komplet"] {
        office.firm.deny(table);
    }
    let blind = sides.finished_with(&told, &["import"]).await;
    assert_eq!((counts(&blind), blind["warnings"].as_i64()), ([0, 0, 0, 0, 0], Some(5)), "{blind}");
    assert_eq!(there(), before);
    // What is told all the same is sent.
    office.firm.put_good(subiektgt_sandbox::Good {
        vat: Some(subiektgt_sandbox::VAT_23),
        ..subiektgt_sandbox::Good::new(101, "A", "Lampa nocna")
    });
    assert_eq!(counts(&sides.finished_with(&told, &["import"]).await), [0, 0, 1, 0, 0]);
    let tags =
        |goods: &[serde_json::Value]| goods.iter().map(|good| good["tag_guids"].clone()).collect::<Vec<_>>();
    assert_eq!(tags(&there()), tags(&before));
    for table in ["sl_GrupaTw", "tw_CechaTw", "sl_ModelTw", "tw_ZdjecieTw", "tw_Komplet"] {
        office.firm.grant(table);
    }
    let seeing = sides.finished_with(&told, &["import"]).await;
    assert_eq!(seeing["warnings"], 0, "{seeing}");
}
