//! Paints the ground a piece is set on: a pool of light that falls off to the rim, and the
//! grain of the surface. Every pixel is worked out from its place alone, so a backdrop needs
//! no memory and comes out the same each time. The piece, its shadow and its reflection are
//! `stage`'s business.

use super::colour::linear;
use super::look::{Paint, Surface};

/// A backdrop of one look at one size.
pub(super) struct Backdrop {
    paint: Paint,
    light: [f32; 3],
    rim: [f32; 3],
    side: f32,
}

impl Backdrop {
    /// The backdrop of a square shot, `side` pixels long.
    pub(super) fn new(paint: Paint, side: u32) -> Self {
        Self { paint, light: linear(paint.light), rim: linear(paint.rim), side: side as f32 }
    }

    /// Linear light at a pixel.
    pub(super) fn at(&self, x: u32, y: u32) -> [f32; 3] {
        let (u, v) = (x as f32 / self.side - 0.5, y as f32 / self.side - 0.5);
        // The light hangs above and a little to the left; its pool is wider than high.
        let (across, down) = ((u + 0.06) / 0.62, (v + 0.05) / 0.56);
        let far = (across * across + down * down).sqrt();
        let fall = ease((far - 0.10) / 1.15);
        let grain = self.grain(u, v, x, y);
        let mut colour = [0.0; 3];
        for (channel, value) in colour.iter_mut().enumerate() {
            let base = self.light[channel] + (self.rim[channel] - self.light[channel]) * fall;
            *value = base * grain[channel];
        }
        colour
    }

    fn grain(&self, u: f32, v: f32, x: u32, y: u32) -> [f32; 3] {
        match self.paint.surface {
            Surface::Paper => [1.0 + 0.010 * (soft_noise(u * 420.0, v * 420.0, 3) - 0.5); 3],
            Surface::Glass => [1.0 + 0.02 * (spot(x, y, 5) - 0.5); 3],
            Surface::Linen => [weave(u, v); 3],
            Surface::Marble => marble(u, v),
        }
    }
}

/// Threads over and under each other, each of its own strength.
fn weave(u: f32, v: f32) -> f32 {
    const THREADS: f32 = 210.0;
    let bend = soft_noise(u * 9.0, v * 9.0, 11) * 0.9;
    let (a, b) = (u * THREADS + bend + 500.0, v * THREADS + bend * 0.8 + 500.0);
    let (column, row) = (a.floor(), b.floor());
    let (fa, fb) = (a - column - 0.5, b - row - 0.5);
    let over = (column + row) % 2.0 == 0.0;
    let round = |f: f32| (1.0 - 2.4 * f * f).max(0.2);
    let (thread, along, across) =
        if over { (spot(column as u32, 7, 13), fb, fa) } else { (spot(row as u32, 9, 17), fa, fb) };
    let fibre =
        if over { soft_noise(a * 2.2, b * 0.35, 19) } else { soft_noise(a * 0.35, b * 2.2, 23) };
    let height = round(across) * (1.0 - 0.5 * along * along);
    let slub = soft_noise(column * 0.9, v * 14.0, 29) - 0.5;
    0.90 + 0.12 * height + 0.05 * (thread - 0.5) + 0.06 * (fibre - 0.5) + 0.03 * slub
}

/// Cloudy stone crossed by veins where a warped noise passes its middle.
fn marble(u: f32, v: f32) -> [f32; 3] {
    let warp_u = layered(u * 2.1 + 7.0, v * 2.1, 31, 4) - 0.5;
    let warp_v = layered(u * 2.1, v * 2.1 + 3.0, 37, 4) - 0.5;
    let (wu, wv) = (u + v * 0.55 + warp_u * 0.75, v - u * 0.35 + warp_v * 0.75);
    let ridge = |size: f32, seed: u32| (layered(wu * size, wv * size, seed, 3) - 0.5).abs();
    let broad = 1.0 - ease(ridge(1.7, 41) / 0.075);
    let fine = 1.0 - ease(ridge(4.3, 43) / 0.022);
    let patchy = layered(u * 1.6, v * 1.6, 47, 2);
    let vein = (broad * 0.16 + fine * 0.10) * ease(patchy * 2.2 - 0.65);
    let cloud = 0.05 * (layered(u * 3.0, v * 3.0, 53, 3) - 0.5);
    let stone = 1.0 - vein + cloud;
    // The veins are a touch warmer than the stone.
    [stone, stone - vein * 0.03, stone - vein * 0.09]
}

/// Smooth from 0 to 1 over the same range, flat at both ends.
pub(super) fn ease(at: f32) -> f32 {
    let t = at.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A number from 0 to 1 for each grid point, seemingly at random.
pub(super) fn spot(x: u32, y: u32, seed: u32) -> f32 {
    let mut mixed = x
        .wrapping_mul(0x9e37_79b1)
        .wrapping_add(y.wrapping_mul(0x85eb_ca77))
        .wrapping_add(seed.wrapping_mul(0xc2b2_ae3d));
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
    mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39);
    ((mixed ^ (mixed >> 15)) >> 8) as f32 / 16_777_216.0
}

/// Grid points blended smoothly.
fn soft_noise(x: f32, y: f32, seed: u32) -> f32 {
    let (x, y) = (x + 4096.0, y + 4096.0);
    let (left, top) = (x as u32, y as u32);
    let (fx, fy) = (ease(x - left as f32), ease(y - top as f32));
    let upper = spot(left, top, seed) * (1.0 - fx) + spot(left + 1, top, seed) * fx;
    let lower = spot(left, top + 1, seed) * (1.0 - fx) + spot(left + 1, top + 1, seed) * fx;
    upper * (1.0 - fy) + lower * fy
}

/// Noise in octaves, each twice as fine and half as strong.
fn layered(x: f32, y: f32, seed: u32, octaves: u32) -> f32 {
    let (mut sum, mut weight, mut total, mut scale) = (0.0, 1.0, 0.0, 1.0);
    for octave in 0..octaves {
        sum += weight * soft_noise(x * scale, y * scale, seed + octave * 101);
        total += weight;
        weight *= 0.5;
        scale *= 2.0;
    }
    sum / total
}
