//! Develops the piece: takes out the tint of the room's light, brings its range to a clean
//! exposure, and sharpens. Strong colours are kept: gold stays gold and a ruby stays red,
//! because the tint is judged by the background, not by the piece.

use super::background::quantile;
use super::colour::{from_oklab, oklab};
use super::plane::Plane;

/// Chroma above which a background is coloured itself and tells nothing of the light.
const NEUTRAL: f32 = 0.045;

/// Develops colours in place: linear light in, linear light out.
pub(super) fn develop(colours: &mut [[f32; 3]], cover: &Plane, ground: [f32; 3]) {
    let mut lab: Vec<[f32; 3]> = colours.iter().map(|&c| oklab(c)).collect();
    let inner = || lab.iter().zip(&cover.data).filter(|(_, c)| **c > 0.9).map(|(p, _)| p[0]);
    let (dark, middle, bright) =
        (quantile(inner(), 0.02), quantile(inner(), 0.5), quantile(inner(), 0.985));
    let chroma = ground[1].hypot(ground[2]);
    let cast = 0.75 * (1.0 - chroma / NEUTRAL).clamp(0.0, 0.8) / ground[0].max(0.3);
    // Stretch to the full range, but never by so much that noise shows.
    let floor = (dark - 0.06).clamp(0.0, 0.22);
    let gain = (0.965 / (bright - floor * 0.6).max(0.2)).clamp(0.92, 1.45);
    let lifted = ((middle - floor * 0.6) * gain).clamp(0.05, 0.95);
    let bend = (0.62_f32.ln() / lifted.ln()).clamp(0.80, 1.15);
    for colour in &mut lab {
        let light = colour[0];
        let open = ((light - floor * 0.6) * gain).max(0.0).powf(bend);
        let toned = contrast(open);
        let scale = (toned / light.max(0.02)).clamp(0.3, 2.0);
        let vivid = 1.07 * scale.powf(0.8);
        colour[0] = toned;
        colour[1] = (colour[1] - ground[1] * cast * light) * vivid;
        colour[2] = (colour[2] - ground[2] * cast * light) * vivid;
    }
    crisp(&mut lab, cover);
    for (colour, developed) in colours.iter_mut().zip(&lab) {
        *colour = from_oklab(*developed).map(|v| v.clamp(0.0, 1.0));
    }
}

/// A gentle S: darker darks and brighter lights around the middle, the ends held, and
/// a soft shoulder so that highlights keep their shape.
fn contrast(light: f32) -> f32 {
    let at = light.min(1.3);
    let shouldered = if at > 0.9 { 0.9 + 0.1 * ((at - 0.9) / 0.1).tanh() } else { at };
    let s = shouldered.clamp(0.0, 1.0);
    let curved = s * s * (3.0 - 2.0 * s);
    s + (curved - s) * 0.22
}

/// Sharpens lightness at two widths: fine detail, and the play of light over facets.
fn crisp(lab: &mut [[f32; 3]], cover: &Plane) {
    let (width, height) = (cover.width, cover.height);
    let light = Plane { width, height, data: lab.iter().map(|p| p[0]).collect() };
    let fine = light.boxed(1);
    let reach = width.max(height) as f32 / 70.0;
    let weight = cover.blurred(reach);
    let mut wide = light.clone();
    for (value, part) in wide.data.iter_mut().zip(&cover.data) {
        *value *= part;
    }
    let wide = wide.blurred(reach);
    for (at, colour) in lab.iter_mut().enumerate() {
        let inner = ((cover.data[at] - 0.7) / 0.3).clamp(0.0, 1.0);
        let here = light.data[at];
        let around = wide.data[at] / weight.data[at].max(0.05);
        let detail = (here - fine.data[at]).clamp(-0.06, 0.06) * 0.55;
        let play = (here - around).clamp(-0.25, 0.25) * 0.20;
        colour[0] = (here + (detail + play) * inner).clamp(0.0, 1.0);
    }
}
