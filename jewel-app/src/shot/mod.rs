//! Shots: a photo, a style and credits go in, a studio shot comes out.
//!
//! ```text
//! queued ─▶ rendering ─▶ completed | failed          queued | rendering ─▶ cancelled | failed
//! ```
//!
//! Invariants: a shot and its hold change in one transaction, so a hold is open exactly as long as
//! its shot is; every end is reached once, by a guarded update; a job that runs again finds the
//! shot as it is and does no harm. An order enqueues two jobs: one renders, the other looks after
//! the first and ends the shot where that one died.
//!
//! It does not know how a picture is made: that is a [`Renderer`]'s business.

pub mod api;
mod entity;
pub mod events;
pub mod files;
pub mod jobs;
mod local;
mod problem;
mod render;
mod rules;
mod settings;
mod settle;
mod view;

pub use entity::Shot;
pub use local::{Studio, catalogue, inspect};
pub use problem::{
    CancelProblem, FileProblem, LinkProblem, ListShotsProblem, OrderProblem, ShotProblem,
};
pub use render::{Commission, Pictures, RenderError, Renderer, Rendering, Step, Watch};
pub use rules::{FailureCode, FileFormat, FileName, MOVES, ShotStatus};
pub use settings::Settings;
pub use view::{Failure, ShotView};

use jewel_core::app::Module;
use jewel_core::{endpoints, entities, jobs};

/// The feature.
pub fn module() -> Module {
    Module::new("shot", "Studio shots of photos: ordered, followed, downloaded.")
        .endpoints(endpoints![
            api::order,
            api::list,
            api::show,
            api::cancel,
            events::events,
            files::link,
            files::file
        ])
        .jobs(jobs![jobs::render, jobs::reconcile])
        .entities(entities![entity::Shot, entity::Move])
}
