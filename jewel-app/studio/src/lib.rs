//! The built-in studio: a photo of a piece of jewellery in, a studio shot of it out.
//!
//! Pure and synchronous: bytes to bytes, no files, no clock, no framework. It finds the piece
//! by how it differs from its background, and sets it on a painted backdrop with the shadow
//! and the reflection it would have there. It invents nothing: the piece's own pixels are
//! brightened and sharpened, never redrawn.
//!
//! The order of work is the order of the files: `photo` reads, `mask` finds (by `outline`,
//! `standing`, `scene`, `trace` and `polish`, with `background`, `evidence`, `cut` and
//! `regions`), `edge` softens, `tone` develops, `stage` puts together (with `backdrop` and
//! `shadow`), `encode` writes.

mod backdrop;
mod background;
mod colour;
mod cut;
mod edge;
mod encode;
mod evidence;
mod look;
mod mask;
mod outline;
mod photo;
mod plane;
mod polish;
mod regions;
mod scene;
mod shadow;
mod stage;
mod standing;
#[cfg(test)]
mod tests;
mod tone;
mod trace;

use std::ops::ControlFlow;

pub use look::{LOOKS, Look, look};
pub use mask::{Mask, mask};
pub use photo::{Facts, Kind, Limits, admit, inspect, verify};

/// A finished shot: a square picture in two formats.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The shot as JPEG.
    pub jpeg: Vec<u8>,
    /// The same shot as lossy WebP.
    pub webp: Vec<u8>,
    /// Pixels across: 1024 to 2048, less only for a small piece cut off on both sides.
    pub width: u32,
    /// Pixels down, the same as across.
    pub height: u32,
}

/// A studio shot of the piece in `photo` (the bytes of a JPEG, PNG or WebP file).
///
/// Takes one core for some seconds, so it belongs on a thread of its own. Decoding is bounded
/// by [`Limits::default`].
///
/// # Errors
/// Those of [`verify`] for the file, [`Error::NoPiece`] if nothing stands out in it, and
/// [`Error::Cancelled`] once `watch` has said `Break`.
pub fn render(photo: &[u8], look: &Look, watch: &mut Watch) -> Result<Rendered, Error> {
    let mut meter = Meter::new(watch);
    meter.step(0, "reading the photo")?;
    let photo = photo::decode(photo, &Limits::default())?;
    meter.step(10, "studying the background")?;
    let found = mask::find(&photo, &mut meter)?;
    let shot = stage::shot(&photo, &found, look, &mut meter)?;
    drop((photo, found));
    meter.step(86, "developing the picture")?;
    let jpeg = encode::jpeg(&shot)?;
    meter.step(92, "developing the picture")?;
    let webp = encode::webp(&shot)?;
    meter.step(100, "done")?;
    Ok(Rendered { jpeg, webp, width: shot.width(), height: shot.height() })
}

/// Why there is no shot. The texts are for the person who uploaded the photo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No bytes at all.
    #[error("The file is empty. Please choose the photo again.")]
    Empty,
    /// Not JPEG, PNG or WebP by content.
    #[error("This file is not a photo we can read. Please upload a JPEG, PNG or WebP picture.")]
    NotAPhoto,
    /// The right type, but broken or cut off.
    #[error("The photo is damaged or incomplete. Please upload it again.")]
    Damaged,
    /// More pixels than the limit.
    #[error(
        "The photo is too large: {width} × {height} pixels. At most {} megapixels are possible.",
        .max_pixels / 1_000_000
    )]
    TooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Most pixels taken.
        max_pixels: u64,
    },
    /// Fewer pixels than the limit.
    #[error(
        "The photo is too small: {width} × {height} pixels. Each side needs at least {min_side}."
    )]
    TooSmall {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Shortest side taken, in pixels.
        min_side: u32,
    },
    /// Nothing stands out from the background.
    #[error(
        "We could not find a piece in this photo. Lay it on a plain surface that differs from \
         it in colour, and photograph it again."
    )]
    NoPiece,
    /// The caller's watch said to stop.
    #[error("The shot was cancelled.")]
    Cancelled,
    /// A step that cannot fail on any photo did; names the step.
    #[error("The shot could not be finished. Please try again. ({0})")]
    Internal(&'static str),
}

/// Told of each step as percent done (0 to 100, never falling) and the step's name;
/// `Break` cancels the shot at the next occasion, some tenths of a second at most.
pub type Watch<'a> = dyn FnMut(u8, &'static str) -> ControlFlow<()> + 'a;

/// Keeps the percentage from falling and turns the watch's `Break` into an error.
struct Meter<'a, 'w> {
    watch: &'a mut Watch<'w>,
    percent: u8,
}

impl<'a, 'w> Meter<'a, 'w> {
    fn new(watch: &'a mut Watch<'w>) -> Self {
        Self { watch, percent: 0 }
    }

    fn step(&mut self, percent: u8, name: &'static str) -> Result<(), Error> {
        self.percent = self.percent.max(percent);
        match (self.watch)(self.percent, name) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}
