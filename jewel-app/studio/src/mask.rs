//! Finds the piece in a photo: its crisp outlines, a coarse cut of the whole picture, cleaned,
//! then a fine cut in a narrow band along its edge, then soft coverage. It judges by colour and
//! edges alone and knows no shapes: a ring is whatever stands out from its background.

use fast_image_resize as fir;
use image::RgbImage;

use super::colour::Lab;
use super::outline::Outline;
use super::plane::Plane;
use super::scene::Scene;
use super::{Error, Meter, edge, regions, shadow};

/// Long side of the coarse picture, pixels.
const COARSE: u32 = 480;
/// Long side of the fine picture, pixels.
const FINE: u32 = 1600;
/// How often the colours are learnt anew.
const ROUNDS: u8 = 3;

/// How much of each pixel the piece covers.
#[derive(Debug, Clone)]
pub struct Mask {
    /// Pixels across, as in the photo.
    pub width: u32,
    /// Pixels down, as in the photo.
    pub height: u32,
    /// Coverage row by row, 0 (background) to 1 (piece).
    pub cover: Vec<f32>,
}

/// The piece as found, at the fine size.
pub(super) struct Found {
    pub(super) cover: Plane,
    /// Colour of the bare background, Oklab.
    pub(super) ground: [f32; 3],
    /// How dark the photo's own shadow is, at the coarse size.
    pub(super) shadow: Plane,
}

/// Coverage of the piece in a photo, at the photo's own size.
///
/// # Errors
/// [`Error::NoPiece`] if nothing stands out from the background.
pub fn mask(photo: &RgbImage) -> Result<Mask, Error> {
    let mut watch = |_: u8, _: &'static str| std::ops::ControlFlow::Continue(());
    let found = find(photo, &mut Meter::new(&mut watch))?;
    let (width, height) = photo.dimensions();
    let cover = found.cover.stretched(width as usize, height as usize).data;
    Ok(Mask { width, height, cover })
}

/// Finds the piece, telling `meter` how far it is.
pub(super) fn find(photo: &RgbImage, meter: &mut Meter) -> Result<Found, Error> {
    let coarse = shrunk(photo, COARSE)?;
    let lab = Lab::of(&coarse);
    if lab.width < 16 || lab.height < 16 {
        return Err(Error::NoPiece);
    }
    meter.step(14, "studying the background")?;
    let fine = shrunk(photo, FINE)?;
    let detail = Lab::of(&fine);
    let outline = Outline::of(&detail);
    let mut scene = Scene::first(lab, &outline);
    let width = scene.lab.width;
    let mut piece = scene.split();
    for round in 0..ROUNDS {
        meter.step(18 + round * 4, "finding the piece")?;
        if !scene.learn(&piece, &outline) {
            return Err(Error::NoPiece);
        }
        piece = scene.split();
    }
    let piece = regions::tidied(width, &piece, &scene.leans(), &scene.bareness(), &scene.step.data);
    scene.judge(&piece)?;
    meter.step(36, "tracing the edge")?;
    let ground = scene.ground;
    let rough = Plane {
        width,
        height: scene.lab.height,
        data: piece.iter().map(|&p| f32::from(u8::from(p))).collect(),
    };
    let traced = scene.trace(&detail, &rough);
    meter.step(40, "tracing the edge")?;
    let traced = scene.polish(&detail, traced);
    meter.step(44, "tracing the edge")?;
    let shadow = shadow::seen(&scene.even, ground, &piece);
    Ok(Found { cover: edge::soft(&fine, &traced), ground, shadow })
}

/// The photo with its long side at most `side`.
pub(super) fn shrunk(photo: &RgbImage, side: u32) -> Result<RgbImage, Error> {
    let (width, height) = photo.dimensions();
    let long = width.max(height);
    if long <= side {
        return Ok(photo.clone());
    }
    let scaled = |length: u32| (length * side).div_ceil(long).max(1);
    resized(photo, [0.0, 0.0, f64::from(width), f64::from(height)], scaled(width), scaled(height))
}

/// A part of the photo (left, top, width, height in pixels) at another size.
pub(super) fn resized(
    photo: &RgbImage,
    part: [f64; 4],
    width: u32,
    height: u32,
) -> Result<RgbImage, Error> {
    let source = fir::images::ImageRef::new(
        photo.width(),
        photo.height(),
        photo.as_raw(),
        fir::PixelType::U8x3,
    )
    .map_err(|_| Error::Internal("photo size"))?;
    let mut target = fir::images::Image::new(width, height, fir::PixelType::U8x3);
    let options = fir::ResizeOptions::new()
        .crop(part[0], part[1], part[2], part[3])
        .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::CatmullRom));
    fir::Resizer::new()
        .resize(&source, &mut target, &options)
        .map_err(|_| Error::Internal("photo resize"))?;
    RgbImage::from_raw(width, height, target.into_vec()).ok_or(Error::Internal("photo buffer"))
}
