//! The fuzz targets, which are built apart from everything else.

use crate::images::{platforms, read, root};

#[test]
fn every_platform_has_a_fuzz_target() {
    let fuzz = root().join("fuzz");
    let manifest = read(&fuzz.join("Cargo.toml"));
    for folder in ["", "examples/"] {
        for platform in platforms(&root().join(folder)) {
            let file = format!("fuzz_targets/{platform}.rs");
            assert!(manifest.contains(&format!("path = \"{file}\"")), "fuzz/Cargo.toml does not name {file}");
            let reads = format!("#[path = \"../../{folder}{platform}/tests/it/any_bytes.rs\"]");
            assert!(read(&fuzz.join(&file)).contains(&reads), "fuzz/{file} does not say {reads}");
        }
    }
}
