//! Where the ground under the piece is dark: the shadow the photo itself shows, carried over
//! so that it falls as the piece really stood, and a soft contact shadow along the outline for
//! photos that show none. The result is a density from 0 to 1; `stage` colours it.

use super::background::quantile;
use super::colour::Lab;
use super::plane::Plane;

/// The shadow in a photo: how much darker each pixel is than the bare background, 0 to 1,
/// smoothed, and continued under the piece. `even` is the photo with its own unevenness
/// taken out, `ground` the bare background's colour there.
pub(super) fn seen(even: &Lab, ground: [f32; 3], piece: &[bool]) -> Plane {
    let (width, height) = (even.width, even.height);
    let depth = |at: usize| 1.0 - even.px[at][0] / ground[0].max(0.05);
    // What the background does by itself, without any shadow, is not shadow.
    let bare = (0..piece.len()).filter(|&at| !piece[at]).map(|at| depth(at).abs());
    let usual = (quantile(bare, 0.6) * 2.5).max(0.03);
    let grown =
        Plane { width, height, data: piece.iter().map(|&p| f32::from(u8::from(p))).collect() }
            .boxed(2);
    // A shadow far off is some other thing's.
    let vicinity = grown.blurred(width as f32 * 0.05);
    let mut dark = Plane::filled(width, height, 0.0);
    let mut trust = Plane::filled(width, height, 0.0);
    for at in 0..piece.len() {
        if grown.data[at] < 0.01 {
            let (x, y) = (at % width, at / width);
            let rim = x.min(y).min(width - 1 - x).min(height - 1 - y) as f32;
            let fade = (rim / (width as f32 * 0.06)).min(1.0);
            let coloured = (even.px[at][1] - ground[1]).hypot(even.px[at][2] - ground[2]);
            let plain = (1.0 - (coloured - 0.02) / 0.04).clamp(0.0, 1.0);
            dark.data[at] = ((depth(at) - usual) * 1.4).clamp(0.0, 0.75)
                * fade
                * plain
                * (vicinity.data[at] * 9.0).min(1.0);
            trust.data[at] = 1.0;
        }
    }
    let reach = (width as f32 / 130.0).max(1.0);
    let (near, near_trust) = (dark.blurred(reach), trust.blurred(reach));
    let (far, far_trust) = (dark.blurred(reach * 6.0), trust.blurred(reach * 6.0));
    let mut out = near;
    for at in 0..piece.len() {
        let close = near_trust.data[at];
        let value = if close > 0.08 {
            out.data[at] / close
        } else {
            far.data[at] / far_trust.data[at].max(0.02)
        };
        out.data[at] = value.clamp(0.0, 1.0);
    }
    out.blurred(reach)
}

/// The shadow density on the shot, at the size of `cover` (the piece placed on a small copy of
/// the shot), from the photo's shadow placed likewise.
pub(super) fn cast(cover: &Plane, seen: &Plane) -> Plane {
    let side = cover.width as f32;
    let touch = cover.blurred(side * 0.007);
    let soft = cover.blurred(side * 0.022);
    let wide = cover.blurred(side * 0.055);
    let piece: f32 = cover.data.iter().sum();
    let carried: f32 = seen.data.iter().zip(&cover.data).map(|(s, c)| s * (1.0 - c)).sum();
    // A photo whose shadow amounts to a good part of the piece needs no other.
    let own = (carried / (piece * 0.10).max(1.0)).min(1.0);
    let mut out = Plane::filled(cover.width, cover.height, 0.0);
    for y in 0..cover.height {
        for x in 0..cover.width {
            let (px, py) = (x as f32, y as f32);
            let hug = touch.sample(px - side * 0.002, py - side * 0.006) * 0.55;
            let near = soft.sample(px - side * 0.006, py - side * 0.016) * 0.55;
            let around = wide.sample(px - side * 0.010, py - side * 0.030) * 0.35;
            let invented = hug.max(near) * (1.0 - 0.65 * own) + around * (1.0 - 0.8 * own);
            let real = seen.data[y * cover.width + x] * 1.15;
            out.data[y * cover.width + x] =
                (1.0 - (1.0 - invented.min(1.0)) * (1.0 - real.min(0.95))).clamp(0.0, 0.97);
        }
    }
    out
}
