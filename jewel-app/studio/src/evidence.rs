//! What each pixel alone says about being piece or background: how common its colour is in
//! either, whether it could be the background in shadow. It decides nothing; `mask` cuts along
//! these numbers.

use super::background::quantile;
use super::colour::{Lab, apart, from_oklab, oklab};
use super::plane::Plane;

/// Bins a colour axis, and bins of lightness: white pieces on white differ in nothing else.
const BINS: usize = 44;
const LIGHTS: usize = 96;
/// Chance of a colour anywhere in the range that photos use, in natural logarithm.
const ANY: f32 = -10.0;
/// Strongest statement one pixel may make.
const MOST: f32 = 5.0;
/// Depths of shadow that are imagined.
const DEPTHS: usize = 20;

/// How common each colour is, as a smoothed three-dimensional histogram.
#[derive(Clone)]
pub(super) struct Palette {
    share: Vec<f32>,
}

fn bin(colour: [f32; 3]) -> [usize; 3] {
    let (last, top) = ((BINS - 1) as f32, (LIGHTS - 1) as f32);
    [
        (colour[0] * 0.95 * top).clamp(0.0, top) as usize,
        ((colour[1] + 0.18) / 0.36 * last).clamp(0.0, last) as usize,
        ((colour[2] + 0.18) / 0.36 * last).clamp(0.0, last) as usize,
    ]
}

fn slot(colour: [f32; 3]) -> usize {
    let [l, a, b] = bin(colour);
    (l * BINS + a) * BINS + b
}

impl Palette {
    /// The palette of weighted colours, smoothed over `passes` neighbouring bins.
    pub(super) fn of(colours: impl Iterator<Item = ([f32; 3], f32)>, passes: usize) -> Self {
        let mut share = vec![0.0_f32; LIGHTS * BINS * BINS];
        let mut total = 0.0_f64;
        for (colour, weight) in colours {
            share[slot(colour)] += weight;
            total += f64::from(weight);
        }
        for _ in 0..passes {
            for (stride, bins) in [(1, BINS), (BINS, BINS), (BINS * BINS, LIGHTS)] {
                smooth(&mut share, stride, bins);
            }
        }
        let scale = 1.0 / total.max(1e-9) as f32;
        for value in &mut share {
            *value *= scale;
        }
        Self { share }
    }

    /// The palette of what the segments of the photo's rim share. A colour that fills a few
    /// segments only is likelier the piece running out of the photo than the background.
    pub(super) fn shared(segments: &[Vec<[f32; 3]>]) -> Self {
        let each: Vec<Self> =
            segments.iter().map(|s| Self::of(s.iter().map(|&c| (c, 1.0)), 2)).collect();
        let drop = each.len() / 5;
        let mut share = vec![0.0; LIGHTS * BINS * BINS];
        let mut column = Vec::with_capacity(each.len());
        for (bin, value) in share.iter_mut().enumerate() {
            column.clear();
            column.extend(each.iter().map(|p| p.share[bin]).filter(|&v| v > 0.0));
            if column.is_empty() {
                continue;
            }
            column.sort_unstable_by(|a, b| b.total_cmp(a));
            let all: f32 = column.iter().sum();
            let common: f32 = column.iter().skip(drop).sum();
            *value = (common + all * 0.003) / each.len() as f32;
        }
        let total: f32 = share.iter().sum();
        for v in &mut share {
            *v /= total.max(1e-9);
        }
        Self { share }
    }

    /// The colours of the palette that hold most of it, with their share.
    fn main(&self) -> impl Iterator<Item = ([f32; 3], f32)> {
        let last = (BINS - 1) as f32;
        self.share.iter().enumerate().filter(|(_, v)| **v > 2e-4).map(move |(at, &v)| {
            let [l, a, b] =
                [at / (BINS * BINS), at / BINS % BINS, at % BINS].map(|bin| bin as f32 + 0.5);
            let axis = |bin: f32| bin / last * 0.36 - 0.18;
            ([l / (LIGHTS - 1) as f32 / 0.95, axis(a), axis(b)], v)
        })
    }

    fn chance(&self, colour: [f32; 3]) -> f32 {
        self.share[slot(colour)]
    }
}

/// One pass of the weights 1, 2, 1 along one axis of the cube.
fn smooth(share: &mut [f32], stride: usize, bins: usize) {
    let count = share.len();
    for start in 0..count {
        if !(start / stride).is_multiple_of(bins) {
            continue;
        }
        let mut before = share[start];
        for step in 0..bins {
            let at = start + step * stride;
            let own = share[at];
            let after = if step + 1 < bins { share[at + stride] } else { own };
            share[at] = before * 0.25 + own * 0.5 + after * 0.25;
            before = own;
        }
    }
}

/// The three palettes that together explain a photo.
#[derive(Clone)]
pub(super) struct Palettes {
    pub(super) bare: Palette,
    pub(super) shade: Palette,
    /// Shadows as found outside the piece, once there is a first idea of it.
    pub(super) dark: Option<Palette>,
    pub(super) piece: Option<Palette>,
}

impl Palettes {
    /// A background's palettes, with its shadows imagined by dimming.
    pub(super) fn of_background(bare: Palette) -> Self {
        let imagined = bare
            .main()
            .flat_map(|(colour, share)| dimmed(colour).map(move |(dim, part)| (dim, part * share)));
        let shade = Palette::of(imagined, 2);
        Self { bare, shade, dark: None, piece: None }
    }

    /// The same, with `shadows` known for sure: one light makes them all of one tint, so only
    /// their depth is still left open.
    pub(super) fn of_shadowed(bare: Palette, shadows: &[[f32; 3]]) -> Self {
        let share = 1.0 / shadows.len().max(1) as f32;
        let seen = shadows.iter().flat_map(|&colour| {
            [0.8, 0.87, 0.94, 1.0, 1.06, 1.13].map(|keep| (colour.map(|v| v * keep), share))
        });
        let imagined = bare.main().flat_map(|(colour, share)| {
            dimmed(colour).take(DEPTHS).map(move |(dim, part)| (dim, part * share * 0.06))
        });
        let shade = Palette::of(seen.chain(imagined), 1);
        Self { bare, shade, dark: None, piece: None }
    }

    /// Whether a colour could be a shadow's, but not the bare background's.
    pub(super) fn is_shade(&self, colour: [f32; 3]) -> bool {
        let shade = self.shade.chance(colour);
        shade > self.bare.chance(colour) && shade > ANY.exp() * 2.0
    }

    /// Whether a colour is the unshaded background's rather than anything else's.
    pub(super) fn is_bare(&self, colour: [f32; 3]) -> bool {
        let bare = self.bare.chance(colour);
        bare > self.shade.chance(colour) * 0.5 && bare > ANY.exp()
    }

    /// What a colour suggests: above zero piece, below zero background. A colour that could be
    /// the background in shadow speaks softly, and by how `busy` (0 to 1) its surroundings are:
    /// shadows are smooth, jewellery hardly ever is.
    pub(super) fn lean(&self, colour: [f32; 3], busy: f32) -> f32 {
        let any = ANY.exp();
        let bare = self.bare.chance(colour) + 2e-6;
        let shade = self.shade.chance(colour) * 0.5;
        let known = match &self.piece {
            Some(palette) => 0.75 * palette.chance(colour) + 0.25 * any,
            None => any,
        };
        let strict = (known / bare).ln();
        let dim = shade / (shade + any);
        let seen = self.dark.as_ref().map_or(any, |d| 0.75 * d.chance(colour) + 0.25 * any);
        let soft = 1.4 * busy - 1.1 + 0.6 * (known / seen).ln().clamp(-2.0, 2.0);
        strict.min(strict * (1.0 - dim) + soft * dim).clamp(-MOST, MOST)
    }
}

/// The colours a background colour takes on in shadow, with how likely each is: dimmer by
/// steps, and bluer by degrees, since shadows are lit by the sky or the room.
fn dimmed(colour: [f32; 3]) -> impl Iterator<Item = ([f32; 3], f32)> {
    let lit = from_oklab(colour).map(|v| v.max(0.0));
    [([1.0, 1.0, 1.0], 1.0), ([0.9, 1.0, 1.12], 0.5), ([0.76, 0.95, 1.25], 0.3)]
        .into_iter()
        .flat_map(move |(tint, part)| {
            let full = oklab([lit[0] * tint[0], lit[1] * tint[1], lit[2] * tint[2]]);
            (0..DEPTHS).map(move |step| {
                let keep = 0.98 - 0.036 * step as f32;
                (full.map(|v| v * keep), part * (1.0 - step as f32 / 22.0).powi(2))
            })
        })
}

/// The colour step from each pixel to its left or upper neighbour, the larger of the two.
pub(super) fn steps(photo: &Lab) -> Plane {
    let (width, height) = (photo.width, photo.height);
    let mut step = Plane::filled(width, height, 0.0);
    for y in 1..height {
        for x in 1..width {
            let at = y * width + x;
            let own = photo.px[at];
            let far = apart(own, photo.px[at - 1]).max(apart(own, photo.px[at - width]));
            step.data[at] = far.sqrt();
        }
    }
    step
}

/// The step above which two neighbours lie on different things: more than is usual on the
/// photo's rim, and more than at the border of a soft shadow.
pub(super) fn sharp_step(step: &Plane) -> f32 {
    let (width, height) = (step.width, step.height);
    let depth = (width / 25).max(2);
    let rim = (0..step.data.len()).filter(|at| {
        let (x, y) = (at % width, at / width);
        x < depth || y < depth || x + depth >= width || y + depth >= height
    });
    let usual = quantile(rim.map(|at| step.data[at]), 0.97);
    (usual * 1.7).max(0.03)
}

/// For each pixel 0 to 1: how many sharp steps lie close by.
pub(super) fn busy(step: &Plane, sharp: f32) -> Plane {
    let mut over = step.clone();
    for value in &mut over.data {
        *value = ((*value - sharp) / 0.05).clamp(0.0, 1.0);
    }
    let mut spread = over.boxed(step.width / 80).boxed(step.width / 120);
    for value in &mut spread.data {
        *value = (*value * 9.0).min(1.0);
    }
    spread
}
