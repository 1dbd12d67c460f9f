//! `categories list|export|check`.

use std::fs::File;
use std::path::Path;

use connector::mapping_file::{self, MappingFile};
use connector::{Event, RunError};
use gateway_core::model::{CategoryId, CategoryTree};
use serde_json::json;

use super::Session;

/// Reads the mapping file that the user named, before anything is sent.
pub(crate) fn read_mapping(path: &Path) -> Result<MappingFile, RunError> {
    let unreadable = |why: String| {
        RunError::settings(
            format!("the category mapping {}: {why}", path.display()),
            "name a CSV file like that which `categories export` writes",
        )
    };
    let file = File::open(path).map_err(|error| unreadable(format!("it cannot be opened: {error}")))?;
    MappingFile::read(file).map_err(|error| unreadable(error.to_string()))
}

/// The shop's categories, behind its warnings: some of them concern the key, which travels here too.
async fn shop_tree(session: &Session) -> Result<CategoryTree, RunError> {
    let platform = session.platform()?;
    let info = platform.check().await?;
    info.warnings.iter().for_each(|warning| session.output.warn(warning));
    Ok(platform.categories().await?)
}

/// The shop's tree: id and path.
pub(super) async fn list(session: &Session) -> Result<(), RunError> {
    let shop = shop_tree(session).await?;
    for category in shop.iter() {
        let path = shop.printed_path(&category.id).unwrap_or_default();
        if session.output.is_json() {
            let parent = category.parent.as_ref().map(CategoryId::as_str);
            session.output.json(json!({
                "event": "category", "id": category.id.as_str(), "path": path, "parent": parent,
            }));
        } else {
            session.output.result(format!("{}  {path}", category.id));
        }
    }
    Ok(())
}

/// The mapping file to fill in, what is mapped already filled in.
pub(super) async fn export(session: &Session) -> Result<(), RunError> {
    let known = session.import.mapping.clone().unwrap_or_default();
    let shop = shop_tree(session).await?;
    if session.output.is_json() {
        for category in shop.iter() {
            let path = shop.printed_path(&category.id).unwrap_or_default();
            let targets = known.row(&category.id, &shop).map(|row| row.targets.clone());
            session.output.json(json!({
                "event": "category",
                "id": category.id.as_str(),
                "path": path,
                "targets": targets,
            }));
        }
        return Ok(());
    }
    let mut file = Vec::new();
    mapping_file::export(&shop, &known, &mut file)
        .map_err(|error| RunError::Failed { what: format!("the mapping file: {error}"), hint: None })?;
    session.output.bytes(&file);
    Ok(())
}

/// The faults of the file, and the shop's categories that it does not map.
pub(super) async fn check(session: &Session) -> Result<(), RunError> {
    let Some(known) = &session.import.mapping else {
        return Err(RunError::settings(
            "no category mapping is named",
            "name it by --category-mapping or CATEGORY_MAPPING; `categories export` writes one to fill in",
        ));
    };
    let shop = shop_tree(session).await?;
    for id in known.unmapped(&shop) {
        let path = shop.printed_path(id).unwrap_or_default();
        session.output.warn(&format!("category {id} ({path}) is not mapped"));
    }
    faults(session, known).await?;
    if !session.output.is_json() && !session.output.is_quiet() {
        session.output.result("The mapping has no faults.");
    }
    Ok(())
}

/// Looks every target of the mapping file up, and fails when one is not there.
async fn faults(session: &Session, known: &MappingFile) -> Result<(), RunError> {
    let marketplace = session.gateway()?.category_tree().await?;
    let faults = known.check(&marketplace);
    faults.iter().for_each(|fault| session.output.event(&Event::Fault(fault)));
    mapping_file::all_right(&faults)
}
