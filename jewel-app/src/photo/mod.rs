//! Photos of pieces: uploaded, listed, shown, deleted.
//!
//! A photo is in the object store before its row exists and leaves it after its row is gone, so a
//! row always has its bytes. What is refused leaves nothing in either. A photo that an unfinished
//! shot needs cannot be deleted: the database holds it.
//!
//! Whether bytes are a photo is the renderer's to say, which stands above and is handed in as
//! [`Inspector`].

pub mod api;
mod entity;
mod inspect;
pub mod jobs;
mod problem;
mod receive;
mod rules;
mod settings;

pub use entity::Photo;
pub use inspect::{Facts, Inspect, Inspector, Unfit, Unread};
pub use problem::{ListPhotosProblem, PhotoProblem, RemovePhotoProblem, UploadPhotoProblem};
pub use rules::PhotoFormat;
pub use settings::Settings;

use jewel_core::app::Module;
use jewel_core::{endpoints, entities, jobs};

/// The feature.
pub fn module() -> Module {
    Module::new("photo", "Photos of pieces, as they were taken.")
        .endpoints(endpoints![api::upload, api::list, api::show, api::remove])
        .jobs(jobs![jobs::discard])
        .entities(entities![Photo])
}
