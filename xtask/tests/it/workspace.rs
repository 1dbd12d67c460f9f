//! A workspace that is no more than what a new platform is made of.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use xtask::names::{EXAMPLE, Names};
use xtask::new_platform::{Order, make};

/// The real workspace.
pub(crate) fn real() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What builds leave behind in the example, and a new platform must not have.
pub(crate) const LEFT_BEHIND: &str = "left behind by a build";

pub(crate) struct Workspace(TempDir);

impl Workspace {
    /// The real manifests, the real example and its fuzz target, and what builds leave behind in it.
    pub(crate) fn new() -> Self {
        let new = Self(tempfile::tempdir().unwrap());
        let manifests = ["Cargo.toml", "Cargo.lock", "Dockerfile.template", "fuzz/Cargo.toml"];
        for file in manifests.into_iter().chain(["fuzz/fuzz_targets/toyshop.rs"]) {
            new.write(file, &fs::read_to_string(real().join(file)).unwrap());
        }
        for (path, text) in read(&real().join(EXAMPLE)) {
            new.write(&format!("{EXAMPLE}/{path}"), &text);
        }
        new.write(&format!("{EXAMPLE}/target/left"), LEFT_BEHIND);
        new.write(&format!("{EXAMPLE}/tests/it/snapshots/a.snap.new"), LEFT_BEHIND);
        new
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Every file with its text, by its path.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        read(self.root())
    }

    pub(crate) fn make(&self, name: &str, title: Option<&str>, into: &str) -> Result<String, String> {
        let names = Names::new(name, title).unwrap();
        let order = Order { names, into: into.into(), root: self.root().to_owned() };
        make(&order).map(|made| made.to_string()).map_err(|error| format!("{error:#}"))
    }
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}
