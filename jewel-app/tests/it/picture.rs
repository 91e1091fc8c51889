//! Pictures made for tests: whole, empty of any piece, cut off, and lying about their size.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// The upload form's field.
pub const FIELD: &str = "file";

/// A picture in which nothing stands out, as PNG.
pub fn plain(width: u32, height: u32) -> Vec<u8> {
    encoded(RgbImage::from_pixel(width, height, Rgb([240, 240, 240])), ImageFormat::Png)
}

/// A golden ring on light paper, as JPEG.
pub fn ring() -> Vec<u8> {
    let picture = RgbImage::from_fn(320, 320, |x, y| {
        let (dx, dy) = (f64::from(x) - 160.0, f64::from(y) - 160.0);
        let away = dx.hypot(dy);
        if (60.0..90.0).contains(&away) { Rgb([190, 140, 40]) } else { Rgb([236, 236, 238]) }
    });
    encoded(picture, ImageFormat::Jpeg)
}

fn encoded(picture: RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG whose head promises 40 000 by 40 000 pixels.
pub fn bomb() -> Vec<u8> {
    let mut bytes = plain(64, 64);
    bytes[16..20].copy_from_slice(&40_000_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&40_000_u32.to_be_bytes());
    bytes
}

/// The first half of a file.
pub fn cut(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len() / 2].to_vec()
}
