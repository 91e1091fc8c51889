//! The piece's edge, softly: coverage between 0 and 1 where a pixel is part piece and part
//! background (a guided filter, He et al. 2010), and the piece's own colour there, freed of
//! the background that shone through. Where the edge runs is decided before, in `mask`.

use image::RgbImage;

use super::colour::linear;
use super::plane::Plane;

/// Soft coverage for a hard one, following the photo's edges within two pixels.
pub(super) fn soft(photo: &RgbImage, hard: &Plane) -> Plane {
    let guide = grey(photo);
    let followed = guided(&guide, hard, 2, 4e-4);
    let rough = hard.boxed(1);
    let wide = hard.boxed(2);
    let mut out = hard.clone();
    for at in 0..out.data.len() {
        // Only the rim of the hard mask may soften; inside and outside stay as decided.
        out.data[at] = if wide.data[at] <= 0.001 {
            0.0
        } else if wide.data[at] >= 0.999 {
            1.0
        } else {
            let value = 0.6 * followed.data[at] + 0.4 * rough.data[at];
            ((value - 0.08) / 0.84).clamp(0.0, 1.0)
        };
    }
    out
}

/// Coverage brought to the picture's own size, drawn to the picture's edges.
pub(super) fn refined(picture: &RgbImage, rough: &Plane) -> Plane {
    let followed = guided(&grey(picture), rough, 2, 1e-3);
    let mut out = rough.clone();
    for (value, near) in out.data.iter_mut().zip(&followed.data) {
        if *value > 0.01 && *value < 0.99 {
            let mixed = 0.5 * *value + 0.5 * near;
            *value = ((mixed - 0.10) / 0.84).clamp(0.0, 1.0);
        }
    }
    out
}

fn grey(photo: &RgbImage) -> Plane {
    let data = photo
        .pixels()
        .map(|p| {
            let [r, g, b] = p.0.map(f32::from);
            (r * 0.3 + g * 0.59 + b * 0.11) / 255.0
        })
        .collect();
    Plane { width: photo.width() as usize, height: photo.height() as usize, data }
}

/// The guided filter: `input` redrawn as locally linear in `guide`.
pub(super) fn guided(guide: &Plane, input: &Plane, radius: usize, calm: f32) -> Plane {
    let product = |a: &Plane, b: &Plane| Plane {
        data: a.data.iter().zip(&b.data).map(|(x, y)| x * y).collect(),
        ..*a
    };
    let mean_guide = guide.boxed(radius);
    let mean_input = input.boxed(radius);
    let both = product(guide, input).boxed(radius);
    let square = product(guide, guide).boxed(radius);
    let mut slope = both;
    let mut base = mean_input;
    for at in 0..slope.data.len() {
        let mean = mean_guide.data[at];
        let varies = square.data[at] - mean * mean;
        let along = slope.data[at] - mean * base.data[at];
        let tilt = along / (varies + calm);
        slope.data[at] = tilt;
        base.data[at] -= tilt * mean;
    }
    let (slope, base) = (slope.boxed(radius), base.boxed(radius));
    let mut out = guide.clone();
    for at in 0..out.data.len() {
        out.data[at] = out.data[at] * slope.data[at] + base.data[at];
    }
    out
}

/// The piece's own colours in linear light: in half-covered pixels, the colour of the
/// nearest fully covered ones, spread outwards.
pub(super) fn own_colours(photo: &RgbImage, cover: &Plane) -> Vec<[f32; 3]> {
    let (width, height) = (cover.width, cover.height);
    let mut colours: Vec<[f32; 3]> = photo.pixels().map(|p| linear(p.0)).collect();
    let mut known: Vec<bool> = cover.data.iter().map(|&c| c > 0.97).collect();
    let mut open: Vec<usize> =
        (0..known.len()).filter(|&at| !known[at] && cover.data[at] > 0.0).collect();
    for _ in 0..8 {
        let mut next = Vec::new();
        let mut found = Vec::new();
        for &at in &open {
            let (x, y) = (at % width, at / width);
            let mut sum = [0.0_f32; 3];
            let mut count = 0.0_f32;
            for ny in y.saturating_sub(1)..(y + 2).min(height) {
                for nx in x.saturating_sub(1)..(x + 2).min(width) {
                    let near = ny * width + nx;
                    if known[near] {
                        count += 1.0;
                        for (total, part) in sum.iter_mut().zip(colours[near]) {
                            *total += part;
                        }
                    }
                }
            }
            if count > 0.0 {
                found.push((at, sum.map(|s| s / count)));
            } else {
                next.push(at);
            }
        }
        for (at, colour) in found {
            // A pixel mostly covered still knows its own colour best.
            let trust = ((cover.data[at] - 0.5) / 0.5).clamp(0.0, 1.0);
            let own = colours[at];
            for channel in 0..3 {
                colours[at][channel] = own[channel] * trust + colour[channel] * (1.0 - trust);
            }
            known[at] = true;
        }
        open = next;
    }
    colours
}
