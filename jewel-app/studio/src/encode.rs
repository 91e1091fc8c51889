//! Writes the finished shot as JPEG, which every shop takes, and as WebP, which is smaller.

use image::RgbImage;

use super::Error;

/// JPEG quality: above this the file grows and the eye sees nothing.
const JPEG: u8 = 89;
/// WebP quality of about the same look.
const WEBP: f32 = 86.0;

/// The shot as JPEG.
pub(super) fn jpeg(shot: &RgbImage) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, JPEG)
        .encode_image(shot)
        .map_err(|_| Error::Internal("JPEG"))?;
    Ok(out)
}

/// The shot as lossy WebP.
pub(super) fn webp(shot: &RgbImage) -> Result<Vec<u8>, Error> {
    let encoder = webp::Encoder::from_rgb(shot.as_raw(), shot.width(), shot.height());
    match encoder.encode_simple(false, WEBP) {
        Ok(out) => Ok(out.to_vec()),
        Err(_) => Err(Error::Internal("WebP")),
    }
}
