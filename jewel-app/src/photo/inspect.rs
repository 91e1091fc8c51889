//! Whether bytes are a photo that can be worked with: a port, because the renderer knows.
//!
//! Decoding takes memory and time, so only a few photos are looked at together, off the async
//! threads; a photo is read from the store when its turn has come, not before.

use std::time::Duration;

use jewel_core::Problem;
use jewel_core::blob::{self, Blob, Key};
use jewel_core::problem::Unavailable;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::timeout;

use super::rules::PhotoFormat;
use super::settings::Settings;

/// How long a photo waits for its turn before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(20);
/// What the caller is told to wait then.
const BUSY: Duration = Duration::from_secs(5);

/// What a photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Its format, by content.
    pub format: PhotoFormat,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Why bytes are no photo that can be worked with.
#[derive(Debug, Clone, PartialEq, Eq, Error, Problem)]
pub enum Unfit {
    /// There are none.
    #[error("the file is empty")]
    #[problem(422, "photo_empty")]
    Empty,
    /// They are no JPEG, PNG or WebP, whatever the file is called.
    #[error("the file is no JPEG, PNG or WebP picture")]
    #[problem(415, "photo_unsupported")]
    Unsupported,
    /// The picture is broken or cut off.
    #[error("the picture is damaged or incomplete")]
    #[problem(422, "photo_damaged")]
    Damaged,
    /// The picture has too many pixels.
    #[error("the picture has {width} × {height} pixels, more than {max_pixels}")]
    #[problem(422, "photo_too_many_pixels")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The most that are taken.
        max_pixels: u64,
    },
    /// The picture has too few pixels to show a piece.
    #[error("the picture has {width} × {height} pixels; each side needs {min_side}")]
    #[problem(422, "photo_too_small")]
    TooSmall {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The least that each side needs.
        min_side: u32,
    },
}

/// Looks at bytes: decodes all of them, and never more than so many pixels.
pub type Inspect = fn(bytes: &[u8], max_pixels: u64) -> Result<Facts, Unfit>;

/// Looks at photos in the store, a few at a time.
#[derive(Debug)]
pub struct Inspector {
    inspect: Inspect,
    settings: Settings,
    turns: Semaphore,
}

/// A photo could not be looked at.
#[derive(Debug, Error)]
pub enum Unread {
    /// Too many are waiting.
    #[error(transparent)]
    Busy(#[from] Unavailable),
    /// The store does not give it back.
    #[error("a photo was not read back")]
    Store(#[from] blob::Error),
    /// The work was dropped, or panicked.
    #[error("looking at a photo failed")]
    Lost(#[from] JoinError),
}

impl Inspector {
    /// Looks at photos by this function, within these bounds.
    pub fn new(inspect: Inspect, settings: &Settings) -> Self {
        let turns = Semaphore::new(usize::from(settings.inspections.max(1)));
        Self { inspect, settings: settings.clone(), turns }
    }

    /// The largest file that is taken, in bytes.
    pub(super) fn max_bytes(&self) -> u64 {
        self.settings.max_size.get()
    }

    pub(super) async fn look(
        &self,
        blob: &Blob,
        key: &Key,
    ) -> Result<Result<Facts, Unfit>, Unread> {
        let busy = Unavailable { what: "the time for looking at photos", retry_after: BUSY };
        // The semaphore is never closed, so waiting ends with a turn or by the clock.
        let Ok(Ok(_turn)) = timeout(PATIENCE, self.turns.acquire()).await else {
            return Err(busy.into());
        };
        let bytes = blob.bytes(key, self.max_bytes()).await?;
        let (inspect, max_pixels) = (self.inspect, self.settings.max_pixels);
        Ok(spawn_blocking(move || inspect(&bytes, max_pixels)).await?)
    }
}
