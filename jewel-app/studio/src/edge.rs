//! The piece's edge, softly: coverage between 0 and 1 where a pixel is part piece and part
//! background, and the piece's own colour there, freed of the background that shone through.
//! Both are told by the plain colours to either side. Where the edge runs is decided before, in
//! `mask`.

use image::RgbImage;

use super::colour::linear;
use super::plane::Plane;

/// How far the plain colours are looked for, pixels.
const REACH: usize = 4;
/// How far apart, squared, the two colours must be to tell shares of them apart.
const APART: f32 = 0.004;
/// How far off a mixture of the two, squared, a pixel's colour may be.
const ASTRAY: f32 = 0.003;

/// Soft coverage for a hard one, following the photo's colours within a pixel.
pub(super) fn soft(photo: &RgbImage, hard: &Plane) -> Plane {
    let mut out = hard.boxed(1);
    for (at, mixed) in mixtures(photo, hard) {
        if (0.01..0.99).contains(&out.data[at]) {
            out.data[at] = mixed.cover(out.data[at]);
        }
    }
    out
}

/// Coverage without the stairs of the pixels that it was found at, as crisp as before.
pub(super) fn evened(cover: &Plane) -> Plane {
    let mut out = cover.boxed(1);
    for value in &mut out.data {
        // A bare hint of piece or ground would be seen as dust.
        *value = ((*value - 0.5) * 1.5 + 0.5).clamp(0.0, 1.0);
    }
    out
}

/// The piece's own colours in linear light, for coverage at the picture's size.
pub(super) fn own_colours(picture: &RgbImage, cover: &Plane) -> Vec<[f32; 3]> {
    let mut colours: Vec<[f32; 3]> = picture.pixels().map(|p| linear(p.0)).collect();
    for (at, mixed) in mixtures(picture, cover) {
        colours[at] = mixed.own_colour(cover.data[at]);
    }
    colours
}

/// A pixel near the edge and the plain colours around it, in linear light.
struct Mixture {
    own: [f32; 3],
    piece: [f32; 3],
    ground: [f32; 3],
}

impl Mixture {
    /// The piece's share of the pixel, `likely` being what its place alone suggests.
    fn cover(&self, likely: f32) -> f32 {
        let way: [f32; 3] = std::array::from_fn(|i| self.piece[i] - self.ground[i]);
        let length: f32 = way.iter().map(|v| v * v).sum();
        let along: f32 = (0..3).map(|i| (self.own[i] - self.ground[i]) * way[i]).sum();
        let share = (along / length.max(1e-6)).clamp(0.0, 1.0);
        let off: f32 =
            (0..3).map(|i| (self.own[i] - self.ground[i] - way[i] * share).powi(2)).sum();
        // A piece's rim often mirrors the ground, so its place counts for as much.
        let trust = 0.5 * length / (length + APART) / (1.0 + off / ASTRAY);
        likely + (share - likely) * trust
    }

    /// The colour of what the piece's `share` of the pixel shows.
    fn own_colour(&self, share: f32) -> [f32; 3] {
        // A pixel mostly covered still knows its own colour best.
        let trust = ((share - 0.4) / 0.6).clamp(0.0, 1.0);
        std::array::from_fn(|i| {
            let freed = (self.own[i] - (1.0 - share) * self.ground[i]) / share.max(0.3);
            self.piece[i] + (freed.clamp(0.0, 1.0) - self.piece[i]) * trust
        })
    }
}

/// Every pixel near the edge of `cover`.
fn mixtures(picture: &RgbImage, cover: &Plane) -> Vec<(usize, Mixture)> {
    let (width, height) = (cover.width, cover.height);
    let around = cover.boxed(2);
    let colour = |x: usize, y: usize| linear(picture.get_pixel(x as u32, y as u32).0);
    let mut found = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let at = y * width + x;
            if !(0.001..0.999).contains(&around.data[at]) {
                continue;
            }
            let (mut piece, mut ground) = (Tally::default(), Tally::default());
            for ny in y.saturating_sub(REACH)..(y + REACH + 1).min(height) {
                for nx in x.saturating_sub(REACH)..(x + REACH + 1).min(width) {
                    let inner = around.data[ny * width + nx] - 0.5;
                    let far = nx.abs_diff(x).pow(2) + ny.abs_diff(y).pow(2);
                    let weight = inner * inner / (1 + far) as f32;
                    let side = if inner > 0.0 { &mut piece } else { &mut ground };
                    side.add(colour(nx, ny), weight);
                }
            }
            if let (Some(piece), Some(ground)) = (piece.mean(), ground.mean()) {
                found.push((at, Mixture { own: colour(x, y), piece, ground }));
            }
        }
    }
    found
}

/// A weighted mean in the making.
#[derive(Default)]
struct Tally {
    sum: [f32; 3],
    weight: f32,
}

impl Tally {
    fn add(&mut self, colour: [f32; 3], weight: f32) {
        for (sum, value) in self.sum.iter_mut().zip(colour) {
            *sum += value * weight;
        }
        self.weight += weight;
    }

    fn mean(&self) -> Option<[f32; 3]> {
        (self.weight > 1e-6).then(|| self.sum.map(|v| v / self.weight))
    }
}
