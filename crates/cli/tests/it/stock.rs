//! `stock`: what a pass is told, what it leaves in the state, and what it tells.

use serde_json::{Value, json};
use state::{LeaseKind, RunEnd};

use crate::support::{World, ran};

#[test]
fn an_option_of_a_pass_may_stand_before_it() {
    let world = World::new();
    for arguments in [
        ["--dry-run", "stock"],
        ["stock", "--dry-run"],
        ["--take-base", "stock"],
        ["--force", "stock"],
        ["--direction=to-gateway", "stock"],
        ["--buffer=2", "stock"],
        ["--product=2", "stock"],
        ["--max-change=100", "stock"],
        ["--settle=0", "stock"],
    ] {
        let ran = world.run("plain", &arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.err);
        let is_dry = arguments.contains(&"--dry-run");
        assert_eq!(ran.out.contains("Dry run: nothing was written."), is_dry, "{arguments:?}: {}", ran.out);
        assert_eq!(world.state_files().is_empty(), is_dry, "who only looks makes no file: {arguments:?}");
    }
}

#[test]
fn a_pass_is_told_by_the_environment_too() {
    let world = World::new();
    let told = [
        ("DIRECTION", "to-gateway"),
        ("BUFFER", "3"),
        ("MAX_CHANGE", "20%"),
        ("FORCE", "yes"),
        ("TAKE_BASE", "true"),
        ("PRODUCT", "1, 2"),
        ("GATEWAY_SETTLE", "5"),
        ("DRY_RUN", "true"),
    ];
    let ran = ran(world.toy("plain", &["stock"]).envs(told));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("Dry run: nothing was written."), "{}", ran.out);
}

#[test]
fn what_a_pass_is_told_is_checked_before_anything_is_sent() {
    let world = World::new();
    for (variable, value, told) in [
        ("DIRECTION", "back", "DIRECTION: \"back\" is none of both, to-gateway and to-shop"),
        ("BUFFER", "-1", "BUFFER: \"-1\" is no whole number from 0 on"),
        ("MAX_CHANGE", "101", "MAX_CHANGE: \"101\" is no whole number of percent from 0 to 100"),
        ("FORCE", "perhaps", "FORCE: \"perhaps\" is neither true nor false"),
        ("TAKE_BASE", "perhaps", "TAKE_BASE: \"perhaps\" is neither true nor false"),
        ("DRY_RUN", "perhaps", "DRY_RUN: \"perhaps\" is neither true nor false"),
        ("GATEWAY_SETTLE", "soon", "GATEWAY_SETTLE: \"soon\" is no whole number of seconds"),
        ("GATEWAY_CONCURRENCY", "0", "GATEWAY_CONCURRENCY: \"0\" is no whole number from 1 on"),
        ("VAT_DEFAULT", "7", "VAT_DEFAULT: \"7\" is none of the marketplace's rates"),
    ] {
        let wrong = ran(world.toy("plain", &["stock"]).env(variable, value));
        assert_eq!(wrong.code, Some(2), "{variable}: {}", wrong.err);
        assert!(wrong.err.starts_with(&format!("error: {told}")), "{variable}: {}", wrong.err);
        assert!(wrong.err.contains("hint: correct the environment variable"), "{}", wrong.err);
    }
    for (arguments, told) in [
        (["stock", "--direction=back"], "possible values: both, to-gateway, to-shop"),
        (["stock", "--buffer=1.5"], "--buffer: \"1.5\" is no whole number from 0 on"),
    ] {
        let wrong = world.run("plain", &arguments);
        assert_eq!(wrong.code, Some(2), "{arguments:?}");
        assert!(wrong.err.contains(told), "{}", wrong.err);
    }
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
    assert!(world.state_files().is_empty());
}

/// A mapping file that is gone is a matter of the import.
#[test]
fn what_only_an_import_is_told_is_no_matter_of_a_pass_and_the_other_way_round() {
    let world = World::new();
    let of_imports = [
        ("CATEGORY_MAPPING", "/no/such/file"),
        ("ONLY_REJECTED", "those"),
        ("SINCE", "yesterday"),
        ("IMAGES", "painted"),
        ("UNMAPPED", "lost"),
        ("ADOPT", "all"),
        ("PRUNE", "maybe"),
        ("AGAIN", "maybe"),
    ];
    let pass = ran(world.toy("plain", &["stock"]).envs(of_imports));
    assert_eq!(pass.code, Some(0), "{}", pass.err);
    let of_passes = [("DIRECTION", "back"), ("BUFFER", "-1"), ("FORCE", "perhaps"), ("TAKE_BASE", "perhaps")];
    for command in ["import", "status", "check"] {
        let other = ran(world.toy("plain", &[command]).envs(of_passes));
        assert_eq!(other.code, Some(0), "{command}: {}", other.err);
    }
}

#[test]
fn an_option_of_another_command_is_refused() {
    let world = World::new();
    for (arguments, told) in [
        (["--since=3d", "stock"], "--since is an option of import only"),
        (["--prune", "stock"], "--prune is an option of import only"),
        (["--adopt=sku", "stock"], "--adopt is an option of import only"),
        (["--images=none", "stock"], "--images is an option of import only"),
        (["--dry-run", "check"], "--dry-run is an option of import and stock only"),
        (["--settle=5", "status"], "--settle is an option of import and stock only"),
        (["--force", "import"], "--force is an option of stock only"),
        (["--buffer=1", "--dry-run"], "--buffer is an option of stock only"),
        (["--take-base", "check"], "--take-base is an option of stock only"),
    ] {
        let refused = world.run("plain", &arguments);
        assert_eq!(refused.code, Some(2), "{arguments:?}: {}", refused.err);
        assert!(refused.err.starts_with(&format!("error: {told}\nhint: leave --")), "{}", refused.err);
    }
    for arguments in [["stock", "--since=3d"], ["stock", "--prune"], ["import", "--force"]] {
        assert_eq!(world.run("plain", &arguments).code, Some(2), "{arguments:?}");
    }
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
}

#[test]
fn a_pass_asks_for_what_is_missing() {
    let world = World::new();
    for (variable, prompt) in [
        ("GATEWAY_SECRET", "Token signing key"),
        ("GATEWAY_SHOP_ID", "Shop guid"),
        ("TOY_BASE_URL", "Toy base URL"),
        ("TOY_API_KEY", "Toy API key"),
    ] {
        let missing = ran(world.toy("plain", &["stock"]).env(variable, ""));
        assert_eq!(missing.code, Some(2), "{variable}");
        assert!(missing.err.contains(&format!("error: {prompt} is missing")), "{}", missing.err);
        assert_eq!(missing.out, "", "what has not begun has no summary");
    }
}

#[test]
fn the_last_line_of_a_pass_has_its_levels_and_that_of_an_import_has_none() {
    let world = World::new();
    let pass = world.run("plain", &["stock", "--output", "json"]);
    assert_eq!(pass.code, Some(0), "{}", pass.err);
    let finished = pass.finished();
    let keys = |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let [.., warnings, levels, requests, seconds, error] =
        keys(&finished).try_into().unwrap_or_else(|keys: Vec<String>| -> [String; 14] { panic!("{keys:?}") });
    assert_eq!(
        [warnings, levels, requests, seconds, error],
        ["warnings", "levels", "requests", "seconds", "error"]
    );
    let counted = [
        "shop",
        "gateway",
        "first",
        "waiting",
        "gone",
        "not_offered",
        "not_carried",
        "oversold",
        "not_written",
        "moved",
        "uncertain",
        "unclear",
    ];
    assert_eq!(keys(&finished["levels"]), counted);
    let import = world.run("plain", &["--output", "json", "--dry-run"]).finished();
    assert_eq!(import.get("levels"), None, "{import}");
    let wrong = ran(world.toy("plain", &["stock", "--output", "json"]).env("BUFFER", "-1"));
    assert_eq!(wrong.finished()["levels"]["gateway"], 0, "{}", wrong.out);
}

#[test]
fn a_pass_and_an_import_have_a_lease_each() {
    let world = World::new();
    let file = world.state.path().join("shared.db");
    let state = format!("sqlite://{}", file.display());
    let take = |kind| {
        world.wait(async {
            world.store(&file).await.lease(kind, "toy on elsewhere, process 7").await.unwrap()
        })
    };
    let import = take(LeaseKind::Import);
    let beside = world.run("plain", &["stock", "--state", &state]);
    assert_eq!(beside.code, Some(0), "an import is at work, which is no matter: {}", beside.err);
    let pass = take(LeaseKind::Stock);
    let second = world.run("plain", &["stock", "--output", "json", "--state", &state]);
    assert_eq!(second.code, Some(75), "{}", second.err);
    assert!(
        second.err.contains("another stock of this shop is at work (toy on elsewhere, process 7, since "),
        "{}",
        second.err
    );
    assert_eq!(second.finished()["requests"], json!({ "shop": 0, "gateway": 0 }));
    assert_eq!(world.run("plain", &["stock", "--dry-run", "--state", &state]).code, Some(0), "it only looks");
    world.wait(async {
        import.release().await.unwrap();
        assert_eq!(world.run("plain", &["--state", &state]).code, Some(0), "a pass is at work");
        pass.release().await.unwrap();
    });
    assert_eq!(world.run("plain", &["stock", "--state", &state]).code, Some(0), "it is free again");
}

#[test]
fn passes_are_remembered_with_what_they_counted() {
    let world = World::new();
    assert_eq!(world.run("plain", &["stock"]).code, Some(0));
    assert_eq!(world.run("plain", &["stock", "--dry-run"]).code, Some(0));
    let lines = world.run("plain", &["status", "--output", "json"]).json();
    let runs: Vec<&Value> = lines.iter().filter(|line| line["event"] == "run").collect();
    assert_eq!((runs.len(), &runs[0]["command"]), (1, &json!("stock")), "a dry run is none: {runs:?}");
    assert_eq!(runs[0]["counts"]["levels"]["gateway"], 0, "{runs:?}");
    let text = world.run("plain", &["status"]).out;
    let told = "exit 0 (done): 0 levels set at the marketplace, 0 in the shop, 0 unchanged\n";
    assert!(text.contains(" UTC stock, ") && text.ends_with(told), "{text}");
}

/// Passes every five minutes would leave no import to see.
#[test]
fn many_passes_do_not_hide_the_last_imports() {
    let world = World::new();
    let file = world.state.path().join("state.db");
    world.wait(async {
        let store = world.store(&file).await;
        let begin = |command: &'static str, minute: u32| {
            let store = &store;
            let at = format!("2026-11-21T08:{minute:02}:00Z").parse().unwrap();
            async move { (store.begin_run(command, at).await.unwrap(), at) }
        };
        for minute in 0..30 {
            let (run, at) = begin(if minute == 3 { "import" } else { "stock" }, minute).await;
            let counts = match minute {
                3 => json!({ "created": 3 }),
                _ => json!({ "unchanged": 8, "levels": { "gateway": 1, "shop": 2, "oversold": 1 } }),
            };
            let end = RunEnd { at, exit: 0, counts, error: None };
            store.end_run(run, &end).await.unwrap();
        }
        begin("import", 30).await;
        begin("stock", 31).await;
        begin("stock", 32).await;
    });
    let state = format!("sqlite://{}", file.display());
    let lease = world.wait(async {
        world.store(&file).await.lease(LeaseKind::Stock, "toy on elsewhere, process 7").await.unwrap()
    });
    let text = world.run("plain", &["status", "--state", &state]).out;
    let runs: Vec<&str> = text.lines().skip_while(|line| *line != "Last runs").skip(1).collect();
    assert_eq!(runs.len(), 12, "ten passes and two imports: {text}");
    assert!(runs[0].contains("08:32:00 UTC stock: at work (toy on elsewhere"), "{text}");
    assert!(runs[1].contains("08:31:00 UTC stock: broke off"), "{text}");
    assert!(runs[2].contains("08:30:00 UTC import: broke off"), "a pass is at work, and no import: {text}");
    assert!(
        runs[3].ends_with("1 level set at the marketplace, 2 in the shop, 8 unchanged, 1 oversold"),
        "{text}"
    );
    assert!(runs[11].contains("08:03:00 UTC import, ") && runs[11].contains("3 created"), "{text}");
    world.wait(async { lease.release().await.unwrap() });
}

#[test]
fn a_pass_with_nothing_linked_says_to_import_first_and_a_quiet_one_says_nothing() {
    let world = World::new();
    let pass = world.run("plain", &["stock"]);
    assert_eq!(pass.code, Some(0), "{}", pass.err);
    assert!(
        pass.err.contains("warning: nothing of this shop is linked yet: run import first\n"),
        "{}",
        pass.err
    );
    assert!(
        pass.out.contains("0 levels set at the marketplace, 0 in the shop; 0 unchanged.\n"),
        "{}",
        pass.out
    );
    assert!(pass.out.contains("Next: nothing that is linked was found: import first.\n"), "{}", pass.out);
    let quiet = world.run("plain", &["stock", "-q"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), "", ""));
}

#[test]
fn a_shop_without_documents_has_none_to_tell_of() {
    let world = World::new();
    for arguments in [
        &["stock", "outstanding"][..],
        &["stock", "outstanding", "--booked=a.epp"],
        &["stock", "outstanding", "--discard=a.epp"],
    ] {
        let ran = world.run("plain", arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains("no documents are written for this shop"), "{}", ran.err);
    }
    // Who settles something takes the shop for that.
    assert!(!world.state_files().is_empty());
    let empty = world.run("plain", &["stock", "outstanding", "--booked="]);
    assert_eq!(empty.code, Some(2), "{}", empty.err);
    assert!(empty.err.contains("--booked: it names no file"), "{}", empty.err);
    assert_eq!(world.calls(), 0, "nothing was asked of the marketplace");
}

#[test]
fn what_is_wrong_with_a_file_of_documents_needs_a_look() {
    let world = World::new();
    let told = ["GONE is not there", "MUG is a cup now", "LEFT is still there"];
    let pass = world.run("documents", &["stock", "--output=json"]);
    assert_eq!(pass.code, Some(3), "{}", pass.err);
    let lines: Vec<Value> = pass.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |event: &str| -> Vec<Value> {
        let lines = lines.iter().filter(|line| line["event"] == event);
        lines.map(|line| json!([line["numbers"][0], line["troubles"]])).collect()
    };
    assert_eq!(of("outstanding"), [json!(["FINE", []]), json!(["GONE", told[..2]])]);
    assert_eq!(of("discarded"), [json!(["LEFT", told[2..]])]);
    assert_eq!(lines.last().unwrap()["exit"], 3);
    // A quiet pass says that and nothing else.
    let quiet = world.run("documents", &["stock", "-q"]);
    let warnings: String = told.iter().map(|trouble| format!("warning: {trouble}\n")).collect();
    assert_eq!((quiet.code, quiet.out, quiet.err.as_str()), (Some(3), warnings, ""));
    let people = world.run("documents", &["stock"]);
    for line in ["2 files of documents outstanding", "warning: LEFT is still there"] {
        assert!(people.out.contains(line), "{line}: {}", people.out);
    }
    // Who asks for the list is shown it, and has not been told of anything new.
    let listed = world.run("documents", &["stock", "outstanding"]);
    assert_eq!(listed.code, Some(0));
    for line in
        ["/toys/GONE.txt\n  +1 MUG (product 1)\n  warning: GONE is not there\n", "discarded: LEFT of "]
    {
        assert!(listed.out.contains(line), "{line}: {}", listed.out);
    }
}

#[test]
fn a_pass_that_has_failed_asks_the_shop_for_nothing_more() {
    let world = World::new();
    assert_eq!(world.run("plain", &["import", "--images=none"]).code, Some(0));
    let failed = world.run("failing", &["stock"]);
    assert_eq!(failed.code, Some(1), "{}", failed.err);
    assert!(!failed.out.contains("asked_for_documents"), "{}", failed.out);
}
