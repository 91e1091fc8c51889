//! A feature of an application: its name, its endpoints, its jobs and its entities.

use axum::Router;

use crate::entity;
use crate::http::Route;
use crate::job::Definition;
use crate::manifest::Kind;

/// A feature: what it is called, and what it adds to the application.
///
/// ```
/// # use jewel_core::app::Module;
/// # use jewel_core::endpoints;
/// Module::new("shot", "Studio shots of photos.").endpoints(endpoints![]);
/// ```
#[derive(Debug, Clone)]
pub struct Module {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) endpoints: Vec<Route>,
    pub(super) jobs: Vec<Definition>,
    pub(super) entities: Vec<entity::Definition>,
    pub(super) dropped: Vec<&'static str>,
    pub(super) mounts: Vec<Mount>,
}

/// A router that was written by hand, at its path.
#[derive(Debug, Clone)]
pub(super) struct Mount {
    pub(super) path: &'static str,
    pub(super) access: Kind,
    pub(super) router: Router,
}

impl Module {
    /// A feature; the name is its operations' tag and the first half of their ids.
    pub fn new(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            endpoints: Vec::new(),
            jobs: Vec::new(),
            entities: Vec::new(),
            dropped: Vec::new(),
            mounts: Vec::new(),
        }
    }

    /// Adds endpoints: `endpoints![order, show]`.
    #[must_use]
    pub fn endpoints(mut self, endpoints: &[Route]) -> Self {
        self.endpoints.extend_from_slice(endpoints);
        self
    }

    /// Adds jobs: `jobs![render]`.
    #[must_use]
    pub fn jobs(mut self, jobs: &[Definition]) -> Self {
        self.jobs.extend_from_slice(jobs);
        self
    }

    /// Adds entities: `entities![Shot, Photo]`. Their tables are migrated to.
    #[must_use]
    pub fn entities(mut self, entities: &[entity::Definition]) -> Self {
        self.entities.extend_from_slice(entities);
        self
    }

    /// Says that these tables are meant to go, with all their rows: their entities are gone, and
    /// `migrations generate` asks whether that is so. It can be left out once that is migrated.
    #[must_use]
    pub fn dropped(mut self, tables: &[&'static str]) -> Self {
        self.dropped.extend_from_slice(tables);
        self
    }

    /// Adds a plain axum router below a path, for what annotations cannot say. Its requests pass
    /// the same guard, of this kind of caller; they are in no manifest and no document.
    ///
    /// ```
    /// # use jewel_core::app::Module;
    /// # use jewel_core::manifest::Kind;
    /// use axum::{Router, routing::get};
    ///
    /// let by_hand = Router::new().route("/hello", get(async || "hello"));
    /// Module::new("legacy", "What the old client still calls.")
    ///     .mount("/legacy", Kind::Public, by_hand);
    /// ```
    #[must_use]
    pub fn mount(mut self, path: &'static str, access: Kind, router: Router) -> Self {
        self.mounts.push(Mount { path, access, router });
        self
    }
}
