//! Styles: the looks that a shot can have, and what each costs.
//!
//! The looks are the renderer's, which stands above and hands them in. A style's id is stable: it
//! stands in orders and in clients.

pub mod api;
mod catalogue;
mod settings;

pub use catalogue::{Catalogue, Style};
pub use settings::Settings;

use jewel_core::app::Module;
use jewel_core::endpoints;

/// The feature.
pub fn module() -> Module {
    Module::new("style", "The looks that a shot can have.").endpoints(endpoints![api::list])
}
