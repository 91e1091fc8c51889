//! The uploaded bytes: what they are, how large, whether they are whole, and their pixels
//! upright in memory. Everything is judged by content, never by a file's name, and nothing is
//! decoded beyond the limits.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};

use super::Error;

/// Bounds on what is decoded.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most pixels, width times height.
    pub max_pixels: u64,
    /// Longest side, in pixels.
    pub max_side: u32,
    /// Shortest side that still shows a piece, in pixels.
    pub min_side: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 40_000_000, max_side: 12_000, min_side: 64 }
    }
}

/// The formats taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

/// What a file is, told without decoding its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its format, by content.
    pub kind: Kind,
    /// Pixels across as stored; a camera's turn is not applied.
    pub width: u32,
    /// Pixels down as stored.
    pub height: u32,
}

/// Tells type and size by the first bytes, without decoding pixels.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotAPhoto`] or, if the head cannot be read, [`Error::Damaged`].
pub fn inspect(bytes: &[u8]) -> Result<Facts, Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    let (kind, format) = match image::guess_format(bytes) {
        Ok(format @ ImageFormat::Jpeg) => (Kind::Jpeg, format),
        Ok(format @ ImageFormat::Png) => (Kind::Png, format),
        Ok(format @ ImageFormat::WebP) => (Kind::Webp, format),
        _ => return Err(Error::NotAPhoto),
    };
    let (width, height) = match png_size(bytes) {
        Some(size) if kind == Kind::Png => size,
        _ => ImageReader::with_format(Cursor::new(bytes), format)
            .into_dimensions()
            .map_err(|_| Error::Damaged)?,
    };
    Ok(Facts { kind, width, height })
}

/// [`inspect`], held against the limits; still decodes no pixels.
///
/// # Errors
/// Those of [`inspect`], [`Error::TooLarge`] and [`Error::TooSmall`].
pub fn admit(bytes: &[u8], limits: &Limits) -> Result<Facts, Error> {
    let facts = inspect(bytes)?;
    let (width, height) = (facts.width, facts.height);
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.max_pixels || width.max(height) > limits.max_side {
        return Err(Error::TooLarge { width, height, max_pixels: limits.max_pixels });
    }
    if width.min(height) < limits.min_side {
        return Err(Error::TooSmall { width, height, min_side: limits.min_side });
    }
    Ok(facts)
}

/// [`admit`], and a full decode within the limits to be sure that no part is missing.
///
/// # Errors
/// Those of [`admit`], and [`Error::Damaged`].
pub fn verify(bytes: &[u8], limits: &Limits) -> Result<Facts, Error> {
    let facts = admit(bytes, limits)?;
    decode(bytes, limits)?;
    Ok(facts)
}

/// The photo's pixels, upright, on white where it is transparent.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<RgbImage, Error> {
    let facts = admit(bytes, limits)?;
    if facts.kind == Kind::Jpeg && !has_jpeg_end(bytes) {
        return Err(Error::Damaged);
    }
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Error::Damaged)?;
    let mut bounds = image::Limits::default();
    bounds.max_image_width = Some(limits.max_side);
    bounds.max_image_height = Some(limits.max_side);
    // Eight bytes a pixel is a 16-bit picture with transparency, the widest that is taken.
    bounds.max_alloc = Some(limits.max_pixels.saturating_mul(8));
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(|_| Error::Damaged)?;
    let turn = decoder.orientation().map_err(|_| Error::Damaged)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Error::Damaged)?;
    if picture.color().has_alpha() {
        picture = DynamicImage::ImageRgb8(on_white(&picture));
    }
    picture.apply_orientation(turn);
    Ok(picture.into_rgb8())
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    let clear = picture.to_rgba8();
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [r, g, b, a] = clear.get_pixel(x, y).0;
        let mix =
            |v: u8| ((u16::from(v) * u16::from(a) + 255 * (255 - u16::from(a)) + 127) / 255) as u8;
        image::Rgb([mix(r), mix(g), mix(b)])
    })
}

/// Width and height from a PNG's first chunk. Read by hand because the decoder wants more of
/// the file than the size needs.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let number = |at: usize| {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    Some((number(16)?, number(20)?))
}

/// Whether a JPEG's picture data runs to its end mark. The decoder fills a missing part with
/// grey without a word, so a cut-off upload must be told here.
fn has_jpeg_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    // Skip the segments of the head, which may hold a whole preview picture with its own end.
    while let Some(&[0xff, mark]) = bytes.get(at..at + 2) {
        if mark == 0xff {
            at += 1;
            continue;
        }
        let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if mark == 0xda {
            return bytes.get(at..).is_some_and(|data| data.windows(2).any(|p| p == [0xff, 0xd9]));
        }
    }
    false
}
