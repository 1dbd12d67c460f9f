//! Making the rooms of a new platform: the example under another name.

use std::fmt;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::manifest::{has_dependency, has_package, has_target, in_order, with_packages, with_target};
use crate::names::{EXAMPLE, EXAMPLE_NAME, Names};

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Order {
    /// The platform.
    pub names: Names,
    /// The folder of the workspace in which its folder is made; empty for the workspace's own.
    pub into: PathBuf,
    /// The workspace.
    pub root: PathBuf,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    names: Names,
    folder: String,
}

/// Copies the example and its fuzz target under the platform's name, and adds both to their workspaces. What stands in the
/// way is found before anything is written.
///
/// # Errors
/// When something of that name is there already, or the workspace cannot be read or written.
pub fn make(order: &Order) -> anyhow::Result<Made> {
    let Order { names, root, .. } = order;
    let folder = folder(order)?;
    let target = root.join(&folder);
    let manifest_file = root.join("Cargo.toml");
    let manifest = read(&manifest_file)?;
    if target.symlink_metadata().is_ok() {
        bail!("{folder} is there already: choose another name, or remove it if it is not wanted");
    }
    let lock = root.join("Cargo.lock");
    let lock = if lock.exists() { read(&lock)? } else { String::new() };
    for package in [names.name(), &names.sandbox()] {
        if has_dependency(&manifest, package)? || has_package(&lock, package)? {
            bail!(
                "a crate {package} is in the workspace already: choose another name, such as {}-shop",
                names.name()
            );
        }
    }
    let fuzz_manifest_file = root.join("fuzz/Cargo.toml");
    let fuzz_manifest = read(&fuzz_manifest_file)?;
    let fuzz_target = fuzz_target_of(names.name());
    let fuzz_target_file = root.join(&fuzz_target);
    if fuzz_target_file.symlink_metadata().is_ok() || has_target(&fuzz_manifest, names.name())? {
        bail!(
            "fuzz has something of the name {} already: choose another name, or remove {fuzz_target} and what fuzz/Cargo.toml \
             says of it if it is not wanted",
            names.name()
        );
    }
    let files = files(&root.join(EXAMPLE))?;
    let word = names.type_name();
    if files.iter().any(|file| file.is_code() && file.has_word(word)) {
        bail!(
            "{:?} would make a type {word}, and the files to copy use that word for something else: choose another name, \
             such as {}-shop",
            names.name(),
            names.name()
        );
    }
    let packages =
        [(names.name().to_owned(), folder.clone()), (names.sandbox(), format!("{folder}/sandbox"))];
    let manifest = with_packages(&manifest, &packages)?;
    let fuzz_manifest = with_target(&fuzz_manifest, names.name(), &folder)?;
    let of_example = read(&root.join(fuzz_target_of(EXAMPLE_NAME)))?;
    let mut filled: Vec<(PathBuf, String)> = files
        .iter()
        .map(|file| {
            let text = names.fill_in(&file.text, &folder);
            let text = if file.path.ends_with("Cargo.toml") { in_order(&text)? } else { text };
            Ok((target.join(names.fill_in(&file.path, &folder)), text))
        })
        .collect::<anyhow::Result<_>>()?;
    filled.push((fuzz_target_file, names.fill_in(&of_example, &folder)));
    for (path, text) in &filled {
        write(path, text).with_context(|| {
            format!("{folder} is not whole: remove it, and {fuzz_target}, before you try again")
        })?;
    }
    write(&fuzz_manifest_file, &fuzz_manifest)?;
    write(&manifest_file, &manifest)?;
    Ok(Made { names: names.clone(), folder })
}

/// What a fuzzer runs for a platform, from the workspace's own folder.
fn fuzz_target_of(name: &str) -> String {
    format!("fuzz/fuzz_targets/{name}.rs")
}

/// The platform's folder, from the workspace's own.
fn folder(order: &Order) -> anyhow::Result<String> {
    let mut parts = Vec::new();
    for part in order.into.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            _ => bail!(
                "{} is not a folder of the workspace: name one from there, such as examples",
                order.into.display()
            ),
        }
    }
    parts.push(order.names.name().to_owned());
    Ok(parts.join("/"))
}

/// A file of the example.
struct File {
    /// From the example's folder, with slashes.
    path: String,
    text: String,
}

impl File {
    fn is_code(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn has_word(&self, word: &str) -> bool {
        self.text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|other| other == word)
    }
}

/// The files of the example, without what builds and runs leave behind.
fn files(example: &Path) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        let here = example.join(&folder);
        let entries = fs::read_dir(&here).with_context(|| {
            format!("{} cannot be read, and new platforms are copies of {EXAMPLE_NAME}", here.display())
        })?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let is_left_behind = name == "target"
                || name.starts_with('.')
                || [".snap.new", ".pending-snap", ".sqlite"].iter().any(|end| name.ends_with(end));
            if is_left_behind {
                continue;
            }
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                files.push(File { text: read(&example.join(&path))?, path });
            }
        }
    }
    Ok(files)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    path.parent().map_or(Ok(()), fs::create_dir_all).with_context(cannot)?;
    fs::write(path, text).with_context(cannot)
}

/// What was made, and what is to be done next.
impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { names, folder } = self;
        let (name, title, sandbox) = (names.name(), names.title(), names.sandbox());
        let fuzz_target = fuzz_target_of(name);
        write!(
            f,
            "Made {folder}/ ({title}: the package {name}) and {folder}/sandbox/ (its local shop: the package {sandbox}), and \
             added both to Cargo.toml. Made {fuzz_target} (its fuzz target), and added that to fuzz/Cargo.toml.\n\
             It speaks the made-up service of {EXAMPLE}. Next, as CONTRIBUTING.md tells under \"Adding a platform\":\n\
             1. `cargo fmt --all`, then `cargo test -p {name}`: it passes as it is.\n\
             2. {folder}/sandbox/ and src/wire.rs: put in what {title} sends, from recorded answers. The two share no type.\n\
             3. {folder}/tests/it/examined.rs: fill the local shop, and declare what {title} cannot express and the requests \
             that it needs.\n\
             4. {folder}/src/settings.rs, client.rs, pages.rs, mapping.rs and platform.rs, until `cargo test -p {name} \
             conformance::everything_arrives` passes. What cannot be read is a reject, never a guess.\n\
             5. `cargo test -p {name} conformance::`: the other suites, from the top.\n\
             6. {folder}/tests/it/: a test for whatever only {title} does. any_bytes.rs: try every parser with any bytes; \
             fuzz/README.md says how the fuzz target is run.\n\
             7. README.md: say that `docker build -f {folder}/Dockerfile -t {name} .` builds its image. {folder}/README.md: say \
             what becomes of the goods, and what to do when it does not work.\n\
             8. `cargo update --workspace --manifest-path fuzz/Cargo.toml`, then `.ci/run`, then commit, both Cargo.lock too."
        )
    }
}
