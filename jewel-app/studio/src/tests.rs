//! The studio against small pictures drawn in code: what is piece, what is not, and how each
//! kind of bad file is told.

use std::io::Cursor;
use std::ops::ControlFlow;

use image::{ImageFormat, Rgb, RgbImage};

use super::plane::Plane;
use super::polish::{Near, bays, swept};
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
fn colours_close_by_tell_piece_from_ground() {
    let (gold, brown, paper) = ([0.7, 0.02, 0.1], [0.47, 0.01, 0.02], [0.8, 0.0, 0.01]);
    let near = Near::of([[gold; 20], [brown; 20]].concat(), vec![paper; 20], 0.5);
    assert!(near.lean(gold).0 > 2.0 && near.lean(paper).0 < -2.0);
    // Darker than any shadow seen: the edges must tell.
    assert_eq!(near.lean(paper.map(|v| v * 0.6)), (0.0, true));
    let near = Near::of([[gold; 20], [brown; 20]].concat(), vec![paper; 20], 1.0);
    let (lean, is_doubted) = near.lean(paper.map(|v| v * 0.6));
    assert!(lean > 0.5 && !is_doubted, "{lean}");
}

/// A plane of 40 by 30 that is 1 where `inside` says so.
fn drawn(inside: impl Fn(usize, usize) -> bool) -> Plane {
    let data = (0..1200).map(|at| f32::from(u8::from(inside(at % 40, at / 40)))).collect();
    Plane { width: 40, height: 30, data }
}

#[test]
fn narrow_ways_into_the_piece_are_bays() {
    let mask =
        drawn(|x, y| (5..35).contains(&x) && (10..25).contains(&y) && !(18..22).contains(&x));
    let bays = bays(&mask, 3);
    assert!(bays[15 * 40 + 20]);
    assert!(!bays[15 * 40 + 2] && !bays[3 * 40 + 20] && !bays[15 * 40 + 10]);
}

#[test]
fn crumbs_are_swept() {
    let hoop = |x: usize, y: usize| (5..25).contains(&x) && (5..25).contains(&y);
    let crumbs = |x: usize, y: usize| (x, y) == (32, 10) || (x, y) == (12, 12);
    let swept = swept(drawn(|x, y| hoop(x, y) != crumbs(x, y)));
    assert_eq!(swept.data, drawn(hoop).data);
}

/// Red to the left, white to the right, half of each between.
fn half_and_half() -> RgbImage {
    RgbImage::from_fn(40, 30, |x, _| match x {
        0..20 => Rgb([200, 20, 20]),
        20 => Rgb([230, 188, 188]),
        _ => Rgb([255, 255, 255]),
    })
}

#[test]
fn a_mixed_pixel_is_half_covered() {
    for hard in [20, 21] {
        let cover = super::edge::soft(&half_and_half(), &drawn(|x, _| x < hard));
        let row = &cover.data[15 * 40..16 * 40];
        assert!((0.25..0.75).contains(&row[20]), "{hard}: {}", row[20]);
        assert!(row[17] > 0.99 && row[23] < 0.01);
    }
}

#[test]
fn the_ground_does_not_shine_through() {
    let mut cover = drawn(|x, _| x < 20);
    for row in cover.data.chunks_exact_mut(40) {
        row[20] = 0.5;
    }
    let [red, green, blue] = super::edge::own_colours(&half_and_half(), &cover)[15 * 40 + 20];
    assert!(red > 0.5 && green < 0.1 && blue < 0.1, "{red} {green} {blue}");
}

#[test]
fn what_hovers_has_no_reflection() {
    // A block on the ground, and beside it one high above.
    let cover = drawn(|x, y| if x < 20 { y < 25 } else { y < 5 });
    let floor = super::stage::floor(&cover, 4);
    let clear = |x: usize| floor[x].unwrap().1;
    assert!((floor[8].unwrap().0 - 24.0).abs() < 0.1 && clear(8) > 0.9);
    assert!(clear(24) < 0.2, "{}", clear(24));
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
