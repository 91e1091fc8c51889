//! The studio against small pictures drawn in code: what is piece, what is not, and how each
//! kind of bad file is told.

use std::io::Cursor;
use std::ops::ControlFlow;

use image::{ImageFormat, Rgb, RgbImage};

use super::{Error, Kind, LOOKS, Limits, inspect, mask, render, verify};

const PAPER: [f32; 3] = [196.0, 200.0, 206.0];
const GOLD: [f32; 3] = [205.0, 150.0, 60.0];

/// Speckle of up to one level either way, the same on each run.
fn speckle(x: u32, y: u32) -> f32 {
    super::backdrop::spot(x, y, 77) * 4.0 - 2.0
}

/// A gold ring on paper, its shadow to the lower right.
fn ring() -> RgbImage {
    RgbImage::from_fn(240, 200, |x, y| {
        let far = |cx: f32, cy: f32| (x as f32 - cx).hypot(y as f32 - cy);
        let band = (far(110.0, 95.0) - 52.0).abs();
        let dim = ((far(134.0, 112.0) - 52.0).abs() / 18.0).clamp(0.0, 1.0);
        let shine = 0.75 + 0.4 * ((x as f32 / 9.0).sin() * (y as f32 / 13.0).cos());
        let cover = (10.5 - band).clamp(0.0, 1.0);
        let level = |channel: usize| {
            let ground = PAPER[channel] * (0.62 + 0.38 * dim) + speckle(x, y);
            let gold = (GOLD[channel] * shine).min(255.0);
            (ground + (gold - ground) * cover) as u8
        };
        Rgb([level(0), level(1), level(2)])
    })
}

fn bytes(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn quiet(_: u8, _: &'static str) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Coverage at one pixel of the ring's picture.
fn cover(x: usize, y: usize) -> f32 {
    mask(&ring()).unwrap().cover[y * 240 + x]
}

#[test]
fn the_band_is_piece() {
    assert!(cover(110, 43) > 0.9);
    assert!(cover(58, 95) > 0.9);
}

#[test]
fn the_hole_is_background() {
    assert!(cover(95, 80) < 0.1);
}

#[test]
fn the_shadow_is_background() {
    // Outside the band, in the middle of the shadow, and inside the hole likewise.
    assert!(cover(180, 136) < 0.1);
    assert!(cover(82, 115) < 0.1);
}

/// A bead of the paper's own colours that shows all round, its shadow soft.
fn bead() -> RgbImage {
    RgbImage::from_fn(240, 200, |x, y| {
        let far = |cx: f32, cy: f32| (x as f32 - cx).hypot(y as f32 - cy);
        let dim = ((far(140.0, 118.0) - 20.0) / 26.0).clamp(0.0, 1.0);
        let shine = 1.12 - 0.34 * (far(120.0, 96.0) / 34.0).powi(2);
        let cover = (34.0 - far(120.0, 96.0)).clamp(0.0, 1.0);
        let level = |channel: usize| {
            let ground = PAPER[channel] * (0.9 + 0.1 * dim) + speckle(x, y);
            let own = (PAPER[channel] * shine).min(255.0);
            (ground + (own - ground) * cover) as u8
        };
        Rgb([level(0), level(1), level(2)])
    })
}

#[test]
fn a_bead_of_the_papers_colour_is_piece() {
    let found = mask(&bead()).unwrap();
    let cover = |x: usize, y: usize| found.cover[y * 240 + x];
    assert!(cover(120, 96) > 0.9 && cover(104, 84) > 0.9 && cover(138, 110) > 0.9);
    assert!(cover(160, 138) < 0.1 && cover(60, 60) < 0.1);
}

#[test]
fn blank_paper_holds_no_piece() {
    let blank = RgbImage::from_pixel(240, 200, Rgb([210, 208, 204]));
    assert_eq!(mask(&blank).err(), Some(Error::NoPiece));
}

#[test]
fn noise_holds_no_piece() {
    let noise = RgbImage::from_fn(240, 200, |x, y| {
        Rgb([1, 2, 3].map(|seed| (super::backdrop::spot(x, y, seed) * 255.0) as u8))
    });
    assert_eq!(mask(&noise).err(), Some(Error::NoPiece));
}

#[test]
fn one_texture_all_over_holds_no_piece() {
    let boards = RgbImage::from_fn(240, 200, |x, y| {
        let wave = ((x as f32 * 0.05).sin() * 2.0 + y as f32 * 0.6).sin() * 30.0;
        Rgb([120.0, 85.0, 55.0].map(|v: f32| (v + wave + speckle(x, y)) as u8))
    });
    assert_eq!(mask(&boards).err(), Some(Error::NoPiece));
}

#[test]
fn a_break_stops_early() {
    let mut told = Vec::new();
    let mut watch = |percent: u8, _: &'static str| {
        told.push(percent);
        if percent >= 14 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let photo = bytes(&ring(), ImageFormat::Png);
    assert_eq!(render(&photo, &LOOKS[0], &mut watch).err(), Some(Error::Cancelled));
    assert!(told.iter().all(|p| *p <= 14), "{told:?}");
}

#[test]
fn progress_rises_to_a_hundred() {
    let mut told = Vec::new();
    let mut watch = |percent: u8, _: &'static str| {
        told.push(percent);
        ControlFlow::Continue(())
    };
    let shot = render(&bytes(&ring(), ImageFormat::Png), &LOOKS[0], &mut watch).unwrap();
    assert!(told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&100));
    assert_eq!((shot.width, shot.height), (1024, 1024));
}

fn has_promised_size(slug: &str) {
    let photo = bytes(&ring(), ImageFormat::Png);
    let shot = render(&photo, super::look(slug).unwrap(), &mut quiet).unwrap();
    for (file, kind) in [(&shot.jpeg, Kind::Jpeg), (&shot.webp, Kind::Webp)] {
        let facts = inspect(file).unwrap();
        assert_eq!((facts.kind, facts.width, facts.height), (kind, shot.width, shot.height));
    }
    assert_eq!((shot.width, shot.height), (1024, 1024));
}

#[test]
fn pearl_has_the_promised_size() {
    has_promised_size("pearl");
}

#[test]
fn noir_has_the_promised_size() {
    has_promised_size("noir");
}

#[test]
fn blush_has_the_promised_size() {
    has_promised_size("blush");
}

#[test]
fn sage_has_the_promised_size() {
    has_promised_size("sage");
}

#[test]
fn linen_has_the_promised_size() {
    has_promised_size("linen");
}

#[test]
fn marble_has_the_promised_size() {
    has_promised_size("marble");
}

#[test]
fn slugs_are_told_apart() {
    let mut slugs: Vec<_> = LOOKS.iter().map(|look| look.slug).collect();
    assert_eq!(slugs, ["pearl", "noir", "blush", "sage", "linen", "marble"]);
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), LOOKS.len());
}

#[test]
fn bad_files_each_have_their_error() {
    let limits = Limits::default();
    let jpeg = bytes(&ring(), ImageFormat::Jpeg);
    let png = bytes(&ring(), ImageFormat::Png);
    let tiny = bytes(&RgbImage::new(8, 8), ImageFormat::Png);
    let told = |file: &[u8]| verify(file, &limits).err();
    assert_eq!(told(b""), Some(Error::Empty));
    assert_eq!(told(b"Dear jeweller, here is the ring."), Some(Error::NotAPhoto));
    assert_eq!(told(b"GIF89a\x01\0\x01\0\0\0\0;"), Some(Error::NotAPhoto));
    assert_eq!(told(&jpeg[..jpeg.len() / 2]), Some(Error::Damaged));
    assert_eq!(told(&jpeg[..40]), Some(Error::Damaged));
    assert_eq!(told(&png[..png.len() / 2]), Some(Error::Damaged));
    assert_eq!(told(&tiny), Some(Error::TooSmall { width: 8, height: 8, min_side: 64 }));
    assert_eq!(told(&jpeg), None);
    assert_eq!(told(&png), None);
}

#[test]
fn a_bomb_is_told_by_its_head() {
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bomb.extend(40_000_u32.to_be_bytes());
    bomb.extend(40_000_u32.to_be_bytes());
    bomb.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    let large = Error::TooLarge { width: 40_000, height: 40_000, max_pixels: 40_000_000 };
    assert_eq!(verify(&bomb, &Limits::default()).err(), Some(large.clone()));
    assert_eq!(render(&bomb, &LOOKS[0], &mut quiet).err(), Some(large));
}
