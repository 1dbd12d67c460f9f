//! What the manifests of a workspace say, and adding to them without touching what people wrote.

use anyhow::{Context as _, bail};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Key, Table, Value, value};

/// The manifest with further members and path dependencies, each in the place where its neighbours have it.
pub(crate) fn with_packages(manifest: &str, packages: &[(String, String)]) -> anyhow::Result<String> {
    let mut document: DocumentMut = manifest.parse().context("Cargo.toml cannot be read")?;
    let workspace = document.get_mut("workspace").context("Cargo.toml is not a workspace's")?;
    let members = workspace.get_mut("members").and_then(Item::as_array_mut);
    let members = members.context("Cargo.toml lists no members")?;
    for (_, folder) in packages {
        add_member(members, folder);
    }
    let dependencies = workspace.get_mut("dependencies").and_then(Item::as_table_mut);
    let dependencies = dependencies.context("Cargo.toml has no [workspace.dependencies]")?;
    for (name, folder) in packages {
        add_dependency(dependencies, name, folder)?;
    }
    Ok(document.to_string())
}

/// Whether the workspace has a dependency of this name.
pub(crate) fn has_dependency(manifest: &str, name: &str) -> anyhow::Result<bool> {
    let document: DocumentMut = manifest.parse().context("Cargo.toml cannot be read")?;
    let workspace = document.get("workspace").context("Cargo.toml is not a workspace's")?;
    Ok(workspace.get("dependencies").and_then(|all| all.get(name)).is_some())
}

/// The manifest of the fuzz targets with one for a platform, which is a binary and a path dependency. Both lists are in
/// order of their names.
pub(crate) fn with_target(manifest: &str, name: &str, folder: &str) -> anyhow::Result<String> {
    let mut document = of_fuzz(manifest)?;
    let dependencies = document.get_mut("dependencies").and_then(Item::as_table_mut);
    let dependencies = dependencies.context("fuzz/Cargo.toml has no [dependencies]")?;
    dependencies.insert(name, Item::Value(path_dependency(&format!("../{folder}"))));
    dependencies.sort_values();
    let targets = document.entry("bin").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let targets = targets.as_array_of_tables_mut().context("fuzz/Cargo.toml has no list of [[bin]]")?;
    let mut target = Table::new();
    target.insert("name", value(name));
    target.insert("path", value(format!("fuzz_targets/{name}.rs")));
    for unused in ["test", "doc", "bench"] {
        target.insert(unused, value(false));
    }
    let is_behind = |other: &Table| name_of(other).is_some_and(|other| other > name);
    let place = targets.iter().position(is_behind).unwrap_or(targets.len());
    targets.insert(place, target);
    Ok(document.to_string())
}

/// Whether the manifest of the fuzz targets uses this name: for a target, a dependency, or itself.
pub(crate) fn has_target(manifest: &str, name: &str) -> anyhow::Result<bool> {
    let document = of_fuzz(manifest)?;
    let mut targets = document.get("bin").and_then(Item::as_array_of_tables).into_iter().flatten();
    let own = document.get("package").and_then(Item::as_table).and_then(name_of);
    let dependency = document.get("dependencies").and_then(|all| all.get(name));
    Ok(own == Some(name) || dependency.is_some() || targets.any(|target| name_of(target) == Some(name)))
}

fn of_fuzz(manifest: &str) -> anyhow::Result<DocumentMut> {
    manifest.parse().context("fuzz/Cargo.toml cannot be read")
}

fn name_of(table: &Table) -> Option<&str> {
    table.get("name").and_then(Item::as_str)
}

/// Whether a package of this name is among those of a Cargo.lock.
pub(crate) fn has_package(lock: &str, name: &str) -> anyhow::Result<bool> {
    let document: DocumentMut = lock.parse().context("Cargo.lock cannot be read")?;
    let mut packages = document.get("package").and_then(Item::as_array_of_tables).into_iter().flatten();
    Ok(packages.any(|package| name_of(package) == Some(name)))
}

/// The manifest of a copied package, whose dependencies were in order under another name.
pub(crate) fn in_order(manifest: &str) -> anyhow::Result<String> {
    let mut document: DocumentMut = manifest.parse().context("a filled in Cargo.toml cannot be read")?;
    for table in ["dependencies", "dev-dependencies"] {
        if let Some(table) = document.get_mut(table).and_then(Item::as_table_mut) {
            table.sort_values();
        }
    }
    Ok(document.to_string())
}

/// A folder whose parent's members are all named by a pattern (`crates/*`) is one already.
fn add_member(members: &mut Array, folder: &str) {
    let parent = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    let is_named = |member: &str| member == folder || member.strip_suffix("/*") == Some(parent);
    if members.iter().filter_map(Value::as_str).any(is_named) {
        return;
    }
    let place = members.iter().position(|member| member.as_str().is_some_and(|member| member > folder));
    let place = place.unwrap_or(members.len());
    let space = |members: &Array, at: usize| {
        let prefix = members.get(at).and_then(|member| member.decor().prefix());
        prefix.and_then(|prefix| prefix.as_str()).map(str::to_owned)
    };
    // What stands between two members: a space, or a new line. The first has nothing before it in a list of one line.
    let between = space(members, 1).unwrap_or_else(|| " ".to_owned());
    let before = if place == 0 { space(members, 0).unwrap_or_default() } else { between.clone() };
    members.insert_formatted(place, Value::from(folder).decorated(before, ""));
    if place == 0
        && let Some(second) = members.get_mut(1)
    {
        second.decor_mut().set_prefix(between);
    }
}

/// Puts a path dependency among the others, which are in order and stand first, under one comment.
fn add_dependency(dependencies: &mut Table, name: &str, folder: &str) -> anyhow::Result<()> {
    if dependencies.contains_key(name) {
        bail!("Cargo.toml has a dependency {name} already");
    }
    let names: Vec<String> = dependencies.iter().map(|(name, _)| name.to_owned()).collect();
    let is_path = |name: &String| dependencies.get(name).is_some_and(|item| item.get("path").is_some());
    let group: Vec<&String> = names.iter().filter(|name| is_path(name)).collect();
    let place = match group.iter().find(|other| other.as_str() > name) {
        Some(next) => names.iter().position(|other| other == *next),
        None => {
            group.last().and_then(|last| names.iter().position(|other| other == *last)).map(|last| last + 1)
        }
    };
    let mut entries: Vec<(Key, Item)> =
        names.iter().filter_map(|name| dependencies.remove_entry(name)).collect();
    let mut key = Key::new(name);
    let place = place.unwrap_or(0);
    if group.first().is_some_and(|first| first.as_str() > name)
        && let Some((first, _)) = entries.get_mut(place)
    {
        // The comment of the group stands before its first.
        *key.leaf_decor_mut() = std::mem::take(first.leaf_decor_mut());
    }
    entries.insert(place.min(entries.len()), (key, Item::Value(path_dependency(folder))));
    for (key, item) in entries {
        dependencies.insert_formatted(&key, item);
    }
    Ok(())
}

fn path_dependency(path: &str) -> Value {
    let mut dependency = InlineTable::new();
    dependency.insert("path", path.into());
    Value::InlineTable(dependency)
}
