//! What every platform is to the rest of the project ([`Platform`]), and what is done with it.
//!
//! - [`Platform`] is implemented once for each shop platform. It reads; it decides nothing.
//! - [`import`] goes through a platform's goods and makes the marketplace's like them.
//! - [`stock`] keeps the stock levels of both alike.
//! - [`Connector`] says what a platform must be told before it is one.
//! - [`mapping_file`] is the file by which people map a shop's categories to the marketplace's.
//!
//! Architecture invariant: nothing here touches a terminal, the environment or the process: engines are told everything
//! by arguments and tell everything by [`Event`]s. Nothing here is global.

pub mod import;
pub mod mapping_file;
pub mod stock;

mod error;
mod event;
mod levels;
mod memory;
mod outstanding;
mod platform;
mod render;
mod settings;

pub use error::{PlatformError, RunError};
pub use event::{
    Candidate, Change, ChangeKind, Event, LevelChange, LevelNotice, LevelSummary, Listener, NoticeKind, Side,
    Summary, Warning,
};
pub use levels::{AdjustmentKey, Known, Outcome, StockAdjustment, StockItem};
pub use memory::{Memory, open_memory};
pub use outstanding::{Outstanding, OutstandingLine, Settled};
pub use platform::{
    Abilities, Common, End, ImageError, Item, Language, Left, NativeScopes, Notes, Platform, Scope, ShopInfo,
    ShopName, Skip, StockWriting, Untold,
};
pub use render::{Rendered, Rendering};
pub use settings::{Connector, Given, InvalidSetting, Need, Setting, shop_address, switch};
