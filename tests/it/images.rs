//! The images' files.

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The directories of platforms in a folder: those whose program runs the shared command line.
pub(crate) fn platforms(folder: &Path) -> Vec<String> {
    let is_platform = |folder: &Path| {
        let main = fs::read_to_string(folder.join("src/main.rs")).unwrap_or_default();
        main.contains("cli::main(")
    };
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let names =
        folders.filter(|folder| is_platform(folder)).map(|folder| folder.file_name().unwrap().to_owned());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn every_platforms_dockerfile_is_the_template() {
    let template = read(&root().join("Dockerfile.template"));
    assert!(template.contains("@PLATFORM@"), "the template names no platform to fill in");
    for (folder, known) in [(root(), "prestashop"), (root().join("examples"), "toyshop")] {
        let platforms = platforms(&folder);
        assert!(platforms.contains(&known.to_owned()), "{platforms:?}");
        for platform in platforms {
            let own = folder.join(&platform).join("Dockerfile");
            assert_eq!(
                read(&own),
                template.replace("@PLATFORM@", &platform),
                "{} is not the template's",
                own.display()
            );
        }
    }
}

#[test]
fn the_readme_says_how_each_platforms_image_is_built() {
    let readme = read(&root().join("README.md"));
    for platform in platforms(&root()) {
        let command = format!("docker build -f {platform}/Dockerfile");
        assert!(readme.contains(&command), "README.md does not say `{command}`");
    }
}
