//! The port to whoever makes the pictures: the studio in this program, or a service elsewhere.
//!
//! A renderer either answers with the pictures or says that they are being made elsewhere, under a
//! ticket: the ticket is kept with the shot, and the next attempt comes with it, so that nothing is
//! ordered (and paid) twice. A service that calls back only shortens the wait.

use std::error::Error;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

/// Told how far it is, in percent and a few words; `Break` says that nobody wants it any more.
pub type Watch = Box<dyn FnMut(u8, &str) -> ControlFlow<()> + Send>;

/// What is to be made.
pub struct Commission {
    /// The photo's file, as it was uploaded.
    pub photo: Bytes,
    /// The style's id.
    pub style: String,
    /// What the customer wishes, in their own words.
    pub note: Option<String>,
    /// What an earlier attempt was given in place of pictures.
    pub ticket: Option<String>,
    /// Hears how far it is.
    pub watch: Watch,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is made.
    Done(Pictures),
    /// It is being made elsewhere.
    Pending {
        /// The name under which it is known there; 1 to 200 characters.
        ticket: String,
        /// When to ask again.
        again: Duration,
    },
}

/// A finished shot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// As JPEG.
    pub jpeg: Bytes,
    /// As WebP.
    pub webp: Bytes,
}

/// Why there are no pictures.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Nothing in the photo stands out: another attempt would be in vain.
    #[error("no piece was found in the photo")]
    NoPiece,
    /// The photo cannot be read: another attempt would be in vain.
    #[error("the photo cannot be read")]
    Unreadable,
    /// The watch said to stop.
    #[error("it was told to stop")]
    Stopped,
    /// Something else went wrong: another attempt may do better.
    #[error("the pictures were not made")]
    Trouble(#[source] Box<dyn Error + Send + Sync>),
}

/// Makes pictures.
///
/// It blocks no async thread, hears within a second that it should stop, and may be dropped at any
/// time; for the same commission it makes the same pictures.
pub trait Renderer: Send + Sync + 'static {
    /// Makes pictures, or has them made.
    fn render(&self, commission: Commission) -> BoxFuture<'_, Result<Step, RenderError>>;
}

/// The renderer that this application uses.
#[derive(Clone)]
pub struct Rendering(pub Arc<dyn Renderer>);

impl Rendering {
    /// Uses this one.
    pub fn new(renderer: impl Renderer) -> Self {
        Self(Arc::new(renderer))
    }
}

impl std::fmt::Debug for Rendering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendering(..)")
    }
}
