//! The built-in studio as a [`Renderer`]: on threads of its own, a few shots at a time.
//!
//! It also is what says which styles there are, and whether bytes are a photo.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jewel_studio as studio;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::render::{Commission, Pictures, RenderError, Renderer, Step};
use super::settings::Settings;
use crate::photo::{Facts, PhotoFormat, Unfit};
use crate::style::{self, Catalogue, Style};

/// The built-in studio.
#[derive(Debug)]
pub struct Studio {
    turns: Arc<Semaphore>,
}

impl Studio {
    /// The studio, within these bounds.
    pub fn new(settings: &Settings) -> Self {
        Self { turns: Arc::new(Semaphore::new(usize::from(settings.render_threads.max(1)))) }
    }
}

impl Renderer for Studio {
    fn render(&self, commission: Commission) -> BoxFuture<'_, Result<Step, RenderError>> {
        async move {
            let turns = Arc::clone(&self.turns);
            // The thread keeps the turn: the caller may be dropped while it still works.
            let turn = turns.acquire_owned().await.map_err(trouble)?;
            let work = spawn_blocking(move || {
                let _turn = turn;
                make(commission)
            });
            work.await.map_err(trouble)?
        }
        .boxed()
    }
}

fn make(commission: Commission) -> Result<Step, RenderError> {
    let Commission { photo, style, mut watch, .. } = commission;
    let Some(look) = studio::look(&style) else {
        return Err(trouble(format!("the studio has no look `{style}`")));
    };
    let rendered = studio::render(&photo, look, &mut |percent, step| watch(percent, step));
    let rendered = rendered.map_err(|error| match error {
        studio::Error::NoPiece => RenderError::NoPiece,
        studio::Error::Cancelled => RenderError::Stopped,
        studio::Error::Internal(_) => trouble(error),
        _ => RenderError::Unreadable,
    })?;
    let (jpeg, webp) = (Bytes::from(rendered.jpeg), Bytes::from(rendered.webp));
    Ok(Step::Done(Pictures { jpeg, webp }))
}

fn trouble(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RenderError {
    RenderError::Trouble(error.into())
}

/// The studio's looks as styles.
pub fn catalogue(settings: &style::Settings) -> Catalogue {
    let price = i64::from(settings.price.max(1));
    Catalogue::new(studio::LOOKS.iter().map(|look| Style {
        id: look.slug,
        name: look.name,
        description: look.description,
        price,
    }))
}

/// Whether bytes are a photo that the studio can work with.
///
/// # Errors
/// Why they are none.
pub fn inspect(bytes: &[u8], max_pixels: u64) -> Result<Facts, Unfit> {
    let most = studio::Limits::default();
    let limits = studio::Limits { max_pixels: max_pixels.min(most.max_pixels), ..most };
    let facts = studio::verify(bytes, &limits).map_err(|error| unfit(&error))?;
    let format = match facts.kind {
        studio::Kind::Jpeg => PhotoFormat::Jpeg,
        studio::Kind::Png => PhotoFormat::Png,
        studio::Kind::Webp => PhotoFormat::Webp,
    };
    Ok(Facts { format, width: facts.width, height: facts.height })
}

fn unfit(error: &studio::Error) -> Unfit {
    match *error {
        studio::Error::Empty => Unfit::Empty,
        studio::Error::NotAPhoto => Unfit::Unsupported,
        studio::Error::TooLarge { width, height, max_pixels } => {
            Unfit::TooManyPixels { width, height, max_pixels }
        }
        studio::Error::TooSmall { width, height, min_side } => {
            Unfit::TooSmall { width, height, min_side }
        }
        _ => Unfit::Damaged,
    }
}
