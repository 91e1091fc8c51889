//! The traced edge once more, by what lies close by: in each neighbourhood the colours of piece
//! and ground are few and plainly apart, even where over the whole photo they are not. What is
//! left of a shadow goes, what a facet of the ground's colour cost comes back, and the outline
//! is made as smooth as the evidence allows. Which photo, which piece: `scene` knows.

use super::background::{median, quantile};
use super::colour::Lab;
use super::cut::{Graph, neighbours};
use super::outline::grown;
use super::plane::Plane;
use super::regions::regions;
use super::scene::Scene;
use super::standing::Standing;
use super::trace::{UNIT, sharpness, tie};

/// How far apart two colours of one thing are: at most, as lightness is, and at least.
const LOOSE: f32 = 0.03;
const CLOSE: f32 = 0.008;
/// Chance of a colour that is met nowhere close by.
const ANY: f32 = 0.02;
/// Deepest shadow that is taken for one, as a part of the light.
const DEEPEST: f32 = 0.5;
/// Samples along each side of a neighbourhood.
const SAMPLES: usize = 13;
/// How much likelier a facet than ground a bay in the outline is.
const FACET: f32 = 1.0;
/// A part of the ground's light that leaves no doubt of shadow.
const LIT: f32 = 0.85;
/// Leanings that no narrow smoothing overrules, and no broad one.
const SURE: f32 = 2.0;
const VAGUE: f32 = 0.8;

/// The colours close by.
pub(super) struct Near {
    piece: Vec<[f32; 3]>,
    ground: Vec<[f32; 3]>,
    /// One over how far apart colours of one thing are on each axis.
    scale: [f32; 3],
    /// How much darker than seen the ground may be.
    deepest: f32,
    /// How light the ground is where no shadow falls.
    light: f32,
}

impl Near {
    /// The colours around a place, `span` pixels each way; `sure` tells what they belong to.
    fn around(lab: &Lab, sure: &Plane, place: [usize; 2], span: usize, deepest: f32) -> Self {
        let (mut piece, mut ground) = (Vec::new(), Vec::new());
        let step = (2 * span / (SAMPLES - 1)).max(1);
        let from = place.map(|at| at.saturating_sub(span));
        for y in (from[1]..(place[1] + span + 1).min(lab.height)).step_by(step) {
            for x in (from[0]..(place[0] + span + 1).min(lab.width)).step_by(step) {
                let at = y * lab.width + x;
                if sure.data[at] > 0.999 {
                    piece.push(lab.px[at]);
                } else if sure.data[at] < 0.001 {
                    ground.push(lab.px[at]);
                }
            }
        }
        Self::of(piece, ground, deepest)
    }

    /// The colours of piece and ground, the latter `deepest` of its light left at least.
    pub(super) fn of(piece: Vec<[f32; 3]>, ground: Vec<[f32; 3]>, deepest: f32) -> Self {
        // A ground of one tint tells finer shades of colour apart than a motley one.
        let mut scale = [1.0 / LOOSE; 3];
        for (axis, scale) in scale.iter_mut().enumerate().skip(1) {
            let middle = median(ground.iter().map(|c| c[axis]));
            let spread = median(ground.iter().map(|c| (c[axis] - middle).abs()));
            *scale = 1.0 / (2.0 * spread).clamp(CLOSE, LOOSE);
        }
        let light = quantile(ground.iter().map(|c| c[0]), 0.8);
        Self { piece, ground, scale, deepest, light }
    }

    /// How alike two colours are, from 0 to 1.
    fn alike(&self, one: [f32; 3], two: [f32; 3]) -> f32 {
        let gap: f32 =
            (0..3).map(|axis| ((one[axis] - two[axis]) * self.scale[axis]).powi(2)).sum();
        1.0 / ((1.0 + gap) * (1.0 + gap))
    }

    /// What a colour suggests here, above zero piece and below zero ground, and whether that
    /// is no more than a guess.
    pub(super) fn lean(&self, colour: [f32; 3]) -> (f32, bool) {
        if self.piece.len() < 4 || self.ground.len() < 4 {
            return (0.0, false);
        }
        let share = |all: &[[f32; 3]], like: &dyn Fn([f32; 3]) -> f32| {
            all.iter().map(|&known| like(known)).sum::<f32>() / all.len() as f32 + ANY
        };
        let plain = |known: [f32; 3]| self.alike(colour, known);
        let piece = share(&self.piece, &plain);
        let seen = (piece / share(&self.ground, &plain)).ln();
        if seen <= 0.0 || self.deepest >= 1.0 {
            return (seen, false);
        }
        // What could be a deeper shadow than any seen may be either: the edges must tell.
        let dimmed = |known: [f32; 3]| {
            let dot: f32 = known.iter().zip(&colour).map(|(a, b)| a * b).sum();
            let whole: f32 = known.iter().map(|v| v * v).sum();
            let keep = (dot / whole.max(1e-6)).clamp(self.deepest, 1.0);
            self.alike(colour, known.map(|v| v * keep))
        };
        let doubted = (piece / share(&self.ground, &dimmed)).ln().max(0.0);
        (seen.min(doubted), doubted < 0.5)
    }
}

impl Scene {
    /// The traced mask, cut anew by the colours close by, and smoothed.
    pub(super) fn polish(&self, lab: &Lab, mut traced: Plane) -> Plane {
        let (width, height) = (lab.width, lab.height);
        let spread = traced.boxed((width / 130).max(3));
        let band: Vec<usize> =
            (0..width * height).filter(|&at| (0.004..0.996).contains(&spread.data[at])).collect();
        drop(spread);
        let leans = self.close_leans(lab, &traced, &band);
        let mut node_of = vec![u32::MAX; width * height];
        for (node, &at) in band.iter().enumerate() {
            node_of[at] = node as u32;
        }
        let sharp = sharpness(lab);
        let mut graph = Graph::new(band.len());
        for (node, &at) in band.iter().enumerate() {
            graph.lean(node, (leans[node] * UNIT) as i32);
            for (way, other) in neighbours(at, width, height) {
                let weight = tie(lab, at, other, way, sharp);
                match node_of[other] {
                    u32::MAX if traced.data[other] > 0.5 => graph.lean(node, weight),
                    u32::MAX => graph.lean(node, -weight),
                    far if way >= 4 => graph.tie(node, way, far as usize, weight),
                    _ => {}
                }
            }
        }
        for (&at, is_piece) in band.iter().zip(graph.solve()) {
            traced.data[at] = f32::from(u8::from(is_piece));
        }
        smooth(&mut traced, &band, &leans);
        swept(traced)
    }

    /// What each pixel of the band suggests, by the colours close by and those of the photo.
    fn close_leans(&self, lab: &Lab, traced: &Plane, band: &[usize]) -> Vec<f32> {
        let (width, height) = (lab.width, lab.height);
        let sure = traced.boxed(2);
        let bays = bays(traced, width / 60);
        let step = (width / 60).max(4);
        let deepest = if self.is_coloured { DEEPEST } else { 1.0 };
        let columns = width.div_ceil(step);
        let mut kept: Vec<Option<Near>> = Vec::new();
        kept.resize_with(columns * height.div_ceil(step), || None);
        band.iter()
            .map(|&at| {
                let (x, y) = (at % width, at / width);
                let place = [x / step, y / step].map(|cell| cell * step + step / 2);
                let near = kept[y / step * columns + x / step]
                    .get_or_insert_with(|| Near::around(lab, &sure, place, step * 2, deepest));
                let (close, is_doubted) = near.lean(lab.px[at]);
                let is_open = self.standing[at] == Standing::Open;
                let most = if is_doubted && is_open { 0.0 } else { 1.5 };
                let lean = close + self.lean_fine(lab, x, y).clamp(-1.5, most);
                // A bay in the outline that looks like nothing known, not even like a shadow in
                // it, is likelier a facet.
                let is_lit = lab.px[at][0] > near.light * LIT;
                let is_facet = bays[at] && is_lit && !is_doubted && lean.abs() < SURE;
                lean + if is_facet { FACET } else { 0.0 }
            })
            .collect()
    }
}

/// Where the ground reaches into the piece by ways narrower than `2 * reach`.
pub(super) fn bays(mask: &Plane, reach: usize) -> Vec<bool> {
    let piece: Vec<bool> = mask.data.iter().map(|&v| v > 0.5).collect();
    let open: Vec<bool> = grown(mask.width, &piece, reach).iter().map(|g| !g).collect();
    let open = grown(mask.width, &open, reach);
    piece.iter().zip(open).map(|(piece, open)| !piece && !open).collect()
}

/// Rounds the outline off: broadly where next to nothing is known, narrowly but for what is
/// surely piece or surely ground.
fn smooth(mask: &mut Plane, band: &[usize], leans: &[f32]) {
    let narrow = (mask.width / 500).max(1);
    for (reach, sure) in [((mask.width / 130).max(1), VAGUE), (narrow, SURE)] {
        let round = mask.boxed(reach).boxed(reach);
        for (&at, &lean) in band.iter().zip(leans) {
            let is_piece = round.data[at] > 0.5;
            let known = if is_piece { lean < -sure } else { lean > sure };
            if !known {
                mask.data[at] = f32::from(u8::from(is_piece));
            }
        }
    }
}

/// Without crumbs on either side of the edge, too small to be anything.
pub(super) fn swept(mut mask: Plane) -> Plane {
    let crumb = (mask.width / 200).pow(2).max(4);
    for kind in [true, false] {
        let inside: Vec<bool> = mask.data.iter().map(|&v| (v > 0.5) == kind).collect();
        let found = regions(mask.width, &inside, kind, |_| 0.0);
        for (value, &name) in mask.data.iter_mut().zip(&found.label) {
            if name != 0 && found.list[name as usize - 1].area < crumb {
                *value = 1.0 - *value;
            }
        }
    }
    mask
}
