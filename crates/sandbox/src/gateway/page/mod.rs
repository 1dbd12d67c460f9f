//! The page.
pub(super) async fn shop() {}
pub(super) async fn product() {}
