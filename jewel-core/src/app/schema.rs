//! Is the database what the program was made for? Asked when it starts, and again while it is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{App, Error};
use crate::db::{self, Db};
use crate::entity::{self, Catalogue};

/// The schema that a program was made for.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    catalogue: Arc<Catalogue>,
    /// Whether the database was found to have it.
    found: Arc<AtomicBool>,
}

impl App {
    /// The schema that it was made for, if it says so.
    pub(super) fn expected(&self) -> Result<Option<Expected>, Error> {
        let Some(snapshot) = self.schema else { return Ok(None) };
        let catalogue = Catalogue::parse(snapshot).map_err(|error| {
            Error::Refused(format!("`App::schema` is given no snapshot of migrations: {error}"))
        })?;
        Ok(Some(Expected { catalogue: Arc::new(catalogue), found: Arc::default() }))
    }
}

impl Expected {
    /// What the database lacks; nothing, once it was found to lack nothing.
    pub(super) async fn missing(&self, db: &Db) -> Result<Vec<String>, db::Error> {
        if self.found.load(Ordering::Relaxed) {
            return Ok(Vec::new());
        }
        let missing = self.catalogue.misses(&entity::live(db).await?);
        self.found.store(missing.is_empty(), Ordering::Relaxed);
        Ok(missing)
    }
}
