//! What it costs to part two pixels of a picture, and the cut at the fine size, in a band along
//! the coarse edge. What a pixel itself suggests comes from `scene`.

use super::colour::{Lab, apart};
use super::cut::{Graph, neighbours};
use super::plane::Plane;
use super::scene::Scene;

/// What parting two alike neighbours costs, in units of leaning.
const TIE: f32 = 5.0;
/// Leanings become whole numbers in the graph.
pub(super) const UNIT: f32 = 64.0;

impl Scene {
    /// Cuts anew at the fine size, in a band along the coarse edge.
    pub(super) fn trace(&self, lab: &Lab, rough: &Plane) -> Plane {
        let (width, height) = (lab.width, lab.height);
        let scale = width as f32 / rough.width as f32;
        let start = rough.stretched(width, height);
        let reach = (scale * 2.5).ceil().max(3.0) as usize;
        let spread = start.boxed(reach);
        let near: Vec<usize> =
            (0..width * height).filter(|&at| (0.004..0.996).contains(&spread.data[at])).collect();
        let mut node_of = vec![u32::MAX; width * height];
        for (node, &at) in near.iter().enumerate() {
            node_of[at] = node as u32;
        }
        let sharp = sharpness(lab);
        let mut graph = Graph::new(near.len());
        for (node, &at) in near.iter().enumerate() {
            let (x, y) = (at % width, at / width);
            graph.lean(node, (self.lean_fine(lab, x, y) * UNIT) as i32);
            for (way, other) in neighbours(at, width, height) {
                let weight = tie(lab, at, other, way, sharp);
                match node_of[other] {
                    u32::MAX if start.data[other] > 0.5 => graph.lean(node, weight),
                    u32::MAX => graph.lean(node, -weight),
                    far if way >= 4 => graph.tie(node, way, far as usize, weight),
                    _ => {}
                }
            }
        }
        let mut out = start;
        for value in &mut out.data {
            *value = f32::from(u8::from(*value > 0.5));
        }
        for (&at, is_piece) in near.iter().zip(graph.solve()) {
            out.data[at] = f32::from(u8::from(is_piece));
        }
        out
    }

    /// The leaning of a fine pixel, with unevenness taken from the coarse picture.
    pub(super) fn lean_fine(&self, lab: &Lab, x: usize, y: usize) -> f32 {
        let cx = (x * self.lab.width / lab.width).min(self.lab.width - 1);
        let cy = (y * self.lab.height / lab.height).min(self.lab.height - 1);
        let at = cy * self.lab.width + cx;
        let own = lab.px[y * lab.width + x];
        let (raw, even) = (self.lab.px[at], self.even.px[at]);
        let gain = even[0] / raw[0].max(0.02);
        let colour =
            [own[0] * gain, even[1] + (own[1] - raw[1]) * gain, even[2] + (own[2] - raw[2]) * gain];
        let lean = self.palettes.lean(colour, self.stir.data[at]);
        self.standing[y * lab.width + x].settled(lean)
    }
}

/// One over twice the usual squared step between neighbours: what counts as an edge here.
pub(super) fn sharpness(lab: &Lab) -> f32 {
    let mut sum = 0.0_f64;
    let mut count = 0_u32;
    for row in lab.px.chunks_exact(lab.width) {
        for pair in row.windows(2).step_by(3) {
            sum += f64::from(apart(pair[0], pair[1]));
            count += 1;
        }
    }
    let mean = (sum / f64::from(count.max(1))) as f32;
    0.5 / mean.max(2e-5)
}

/// What it costs to part a pixel from its neighbour.
pub(super) fn tie(lab: &Lab, one: usize, two: usize, way: usize, sharp: f32) -> i32 {
    let slant = if matches!(way, 0 | 2 | 5 | 7) { std::f32::consts::FRAC_1_SQRT_2 } else { 1.0 };
    let weight = TIE * slant * (-apart(lab.px[one], lab.px[two]) * sharp).exp();
    ((weight + 0.05) * UNIT) as i32
}
