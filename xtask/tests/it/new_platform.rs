//! Making a new platform.

use assert_cmd::Command;

use crate::workspace::{LEFT_BEHIND, Workspace};

/// The files of a new platform, by their path in its folder.
fn made(workspace: &Workspace, folder: &str) -> Vec<(String, String)> {
    let files = workspace.files();
    let own = files.iter().filter_map(|(path, text)| {
        Some((path.strip_prefix(folder)?.strip_prefix('/')?.to_owned(), text.clone()))
    });
    own.collect()
}

#[test]
fn nothing_of_the_examples_name_is_left_in_any_spelling() {
    for (name, title, into) in [("hoptrade", None, ""), ("hop-trade", Some("HopTrade"), "examples")] {
        let workspace = Workspace::new();
        let says = workspace.make(name, title, into).unwrap();
        let folder = if into.is_empty() { name.to_owned() } else { format!("{into}/{name}") };
        assert!(says.contains(&folder) && says.contains("CONTRIBUTING.md"), "{says}");
        let mut files = made(&workspace, &folder);
        for room in ["Cargo.toml", "README.md", "src/main.rs", "sandbox/src/lib.rs", "tests/it/main.rs"] {
            assert!(files.iter().any(|(path, _)| path == room), "no {room}");
        }
        let target = format!("fuzz/fuzz_targets/{name}.rs");
        assert!(says.contains(&target), "{says}");
        let text = workspace.files().remove(&target).unwrap();
        files.push((target, text));
        for (path, text) in files {
            let is_joint = |c: char| c.is_whitespace() || c == '-' || c == '_';
            for text in [&path, &text] {
                let joined = text.to_lowercase().replace(is_joint, "");
                assert!(!joined.contains("toyshop"), "{path}");
            }
            assert!(!text.contains(LEFT_BEHIND), "{path}");
        }
    }
}

#[test]
fn a_dash_becomes_what_each_place_can_bear() {
    let workspace = Workspace::new();
    workspace.make("hop-trade", Some("HopTrade"), "").unwrap();
    let files = workspace.files();
    let file = |path: &str| files.get(&format!("hop-trade/{path}")).unwrap_or_else(|| panic!("no {path}"));
    assert!(file("Cargo.toml").contains("name = \"hop-trade\""));
    assert!(file("sandbox/Cargo.toml").contains("name = \"hop-trade-sandbox\""));
    assert!(file("src/main.rs").contains("cli::main(&hop_trade::HopTrade)"));
    assert!(file("src/settings.rs").contains("\"HOP_TRADE_BASE_URL\""));
    assert!(file("src/settings.rs").contains("\"HopTrade base URL\""));
    assert!(file("tests/it/program.rs").contains("CARGO_BIN_EXE_hop-trade"));
    assert!(file("README.md").contains("docker build -f hop-trade/Dockerfile -t hop-trade ."));
    let template = files.get("Dockerfile.template").unwrap();
    assert_eq!(*file("Dockerfile"), template.replace("@PLATFORM@", "hop-trade"));
    for (path, text) in made(&workspace, "hop-trade").iter().filter(|(path, _)| path.ends_with(".rs")) {
        for line in text.lines() {
            let code = line.split("//").next().unwrap_or_default();
            for (at, _) in code.match_indices("hop-trade") {
                let is_quoted = code.split_at(at).0.matches('"').count() % 2 == 1;
                assert!(is_quoted, "{path}: {line}");
            }
        }
    }
}

#[test]
fn the_workspace_knows_it_and_is_otherwise_as_people_wrote_it() {
    // Before the first of ours, in the middle of them, and behind the last.
    for name in ["a-trade", "mid-trade", "z-trade"] {
        let workspace = Workspace::new();
        let before = workspace.files().remove("Cargo.toml").unwrap();
        workspace.make(name, None, "").unwrap();
        let after = workspace.files().remove("Cargo.toml").unwrap();
        let new = [
            format!("{name} = {{ path = \"{name}\" }}"),
            format!("{name}-sandbox = {{ path = \"{name}/sandbox\" }}"),
        ];
        let is_members = |line: &&str| line.starts_with("members = ");
        let rest: Vec<&str> = after.lines().filter(|line| !new.iter().any(|new| new == line)).collect();
        let differing = before.lines().zip(&rest).filter(|(before, after)| before != *after);
        let differing: Vec<_> = differing.collect();
        assert!(matches!(differing.as_slice(), [(before, _)] if is_members(before)), "{differing:?}");
        assert_eq!(rest.len(), before.lines().count());
        let members = after.lines().find(is_members).unwrap();
        assert!(members.contains(&format!("\"{name}\", \"{name}/sandbox\"")), "{members}");
        assert!(
            !members.contains("[ ") && !members.contains(" ,") && !members.contains("\",\""),
            "{members}"
        );
        let ours = after.lines().skip_while(|line| *line != "# Ours").skip(1);
        let ours: Vec<&str> = ours.take_while(|line| !line.is_empty()).collect();
        let names: Vec<_> = ours.iter().map(|line| line.split(' ').next()).collect();
        assert!(
            names.is_sorted() && ours.iter().filter(|line| line.starts_with(name)).count() == 2,
            "{ours:?}"
        );
    }
}

#[test]
fn it_gets_a_fuzz_target_of_its_own() {
    // Before the first of ours, in the middle of them, and behind the last.
    for (name, into) in [("a-trade", ""), ("mid-trade", "examples"), ("z-trade", "")] {
        let workspace = Workspace::new();
        let before = workspace.files().remove("fuzz/Cargo.toml").unwrap();
        workspace.make(name, None, into).unwrap();
        let folder = if into.is_empty() { name.to_owned() } else { format!("{into}/{name}") };
        let files = workspace.files();
        let target = files.get(&format!("fuzz/fuzz_targets/{name}.rs")).unwrap();
        let read = format!("{folder}/tests/it/any_bytes.rs");
        assert!(files.contains_key(&read), "no {read}");
        assert!(target.contains(&format!("#[path = \"../../{read}\"]")), "{target}");
        let after = files.get("fuzz/Cargo.toml").unwrap();
        let dependency = format!("{name} = {{ path = \"../{folder}\" }}\n");
        let bin = format!(
            "[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\ntest = false\ndoc = false\nbench = false\n"
        );
        assert!(after.contains(&dependency) && after.contains(&bin), "{after}");
        let rest = after.replacen(&dependency, "", 1).replacen(&bin, "", 1).replace("\n\n\n", "\n\n");
        assert_eq!(rest.trim_end(), before.trim_end(), "otherwise it is as people wrote it");
        let dependencies = after.lines().skip_while(|line| *line != "[dependencies]").skip(1);
        assert!(dependencies.take_while(|line| !line.is_empty()).is_sorted(), "{after}");
        assert!(after.lines().filter(|line| line.starts_with("path = ")).is_sorted(), "{after}");
    }
}

#[test]
fn a_pattern_of_the_workspace_is_not_repeated() {
    let workspace = Workspace::new();
    workspace.make("mid-trade", None, "examples").unwrap();
    let manifest = workspace.files().remove("Cargo.toml").unwrap();
    assert!(!manifest.contains("\"examples/mid-trade\","), "examples/* names it");
    assert!(manifest.contains("\"examples/mid-trade/sandbox\","));
}

#[test]
fn what_stands_in_the_way_is_told_and_nothing_is_written() {
    let workspace = Workspace::new();
    workspace.make("mid-trade", None, "").unwrap();
    workspace.write("docs/CONTRACTS.md", "");
    workspace.write("fuzz/fuzz_targets/old-trade.rs", "");
    let manifest = workspace.files().remove("fuzz/Cargo.toml").unwrap();
    let target = "\n[[bin]]\nname = \"other-trade\"\npath = \"fuzz_targets/other.rs\"\n";
    workspace.write("fuzz/Cargo.toml", &(manifest + target));
    let before = workspace.files();
    for (name, into, says) in [
        ("mid-trade", "", "mid-trade is there already"),
        ("mid-trade", "examples", "a crate mid-trade is in the workspace already"),
        ("docs", "", "docs is there already"),
        ("toyshop", "", "a crate toyshop is in the workspace already"),
        ("tokio", "", "a crate tokio is in the workspace already"),
        ("tokio-util", "", "a crate tokio-util is in the workspace already"),
        ("old-trade", "", "fuzz has something of the name old-trade already"),
        ("other-trade", "", "fuzz has something of the name other-trade already"),
        ("libfuzzer-sys", "", "fuzz has something of the name libfuzzer-sys already"),
        ("fuzz", "examples", "fuzz has something of the name fuzz already"),
        ("shop", "", "a type Shop"),
        ("gateway", "", "a type Gateway"),
        ("a-trade", "../elsewhere", "is not a folder of the workspace"),
        ("a-trade", "/elsewhere", "is not a folder of the workspace"),
    ] {
        let error = workspace.make(name, None, into).unwrap_err();
        assert!(error.contains(says), "{name} {into}: {error}");
        assert!(workspace.files() == before, "{name} {into}: something was written");
    }
}

#[test]
fn a_name_that_holds_the_examples_is_filled_in_once() {
    let workspace = Workspace::new();
    workspace.make("mytoyshop", None, "").unwrap();
    let files = workspace.files();
    assert!(files.get("mytoyshop/Cargo.toml").unwrap().contains("name = \"mytoyshop\""));
}

#[test]
fn the_command_makes_it_once_and_refuses_the_second_time() {
    let workspace = Workspace::new();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["new-platform"]).args(arguments).arg("--root").arg(workspace.root());
        command.output().unwrap()
    };
    let first = run(&["hop-trade", "--title", "HopTrade"]);
    assert!(first.status.success());
    assert!(String::from_utf8_lossy(&first.stdout).contains("Made hop-trade/ (HopTrade"));
    let second = run(&["hop-trade", "--title", "HopTrade"]);
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("error: hop-trade is there already"));
    let wrong = run(&["Ido_Sell"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("cannot be a platform's name"));
}

#[test]
fn the_workspace_is_the_one_in_which_cargo_runs_it() {
    let workspace = Workspace::new();
    workspace.write("xtask/Cargo.toml", "");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // As `cargo run` tells it, which may take what it built in one copy of a workspace for what another would be.
    command.env("CARGO_MANIFEST_DIR", workspace.root().join("xtask"));
    // The real one has a folder of that name, and so would refuse it in other words.
    let run = command.args(["new-platform", "prestashop"]).output().unwrap();
    let says = String::from_utf8_lossy(&run.stderr);
    assert!(says.contains("a crate prestashop is in the workspace already"), "{says}");
}
