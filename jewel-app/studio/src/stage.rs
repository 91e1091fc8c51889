//! Puts a shot together: measures where the piece goes, lays shadow and reflection on the
//! backdrop, the piece on top, and gives the finished square. Row by row, so that the only
//! large thing in memory is the shot itself.

use image::RgbImage;

use super::backdrop::{Backdrop, spot};
use super::colour::{level, linear};
use super::look::Look;
use super::mask::{Found, resized};
use super::plane::Plane;
use super::{Error, Meter, edge, shadow, tone};

/// Longest side of a shot, pixels.
const MOST: f64 = 2048.0;
/// Shortest side, unless the photo's piece runs through it from edge to edge.
const LEAST: f64 = 1024.0;
/// Largest enlargement of the photo; beyond it the piece would look blurred.
const ENLARGE: f64 = 1.5;
/// How much of the side the piece takes.
const FILL: f64 = 0.66;

/// Where the piece lies in the photo and where it goes on the shot.
pub(super) struct Place {
    /// Left, top, width, height in the photo, pixels.
    part: [f64; 4],
    /// Left and top on the shot, pixels.
    corner: [i64; 2],
    /// Width and height on the shot, pixels.
    size: [u32; 2],
    /// Side of the shot, pixels.
    side: u32,
}

impl Place {
    /// The place for a piece covering `cover` of a photo that many pixels wide and high.
    pub(super) fn of(cover: &Plane, photo: [u32; 2]) -> Result<Self, Error> {
        let [left, top, right, bottom] = bounds(cover).ok_or(Error::NoPiece)?;
        let ratio = f64::from(photo[0]) / cover.width as f64;
        let lengths = [(right - left) as f64 * ratio, (bottom - top) as f64 * ratio];
        let cut = [(left <= 1, right + 1 >= cover.width), (top <= 1, bottom + 1 >= cover.height)];
        // A piece that runs out of the photo on both sides must run out of the shot as well.
        let need = |axis: usize| {
            if cut[axis] == (true, true) { lengths[axis] } else { lengths[axis] / FILL }
        };
        let whole = need(0).max(need(1));
        let scale = (MOST / whole).min(ENLARGE);
        let through = cut.contains(&(true, true));
        let side = (whole * scale).max(if through { 0.0 } else { LEAST }).round().max(64.0);
        let pad = (cover.width as f64 / 150.0).max(4.0);
        let from = |low: usize, axis: usize| {
            if cut[axis].0 { 0.0 } else { (low as f64 - pad).max(0.0) * ratio }
        };
        let to = |high: usize, axis: usize| {
            let end = f64::from(photo[axis]);
            if cut[axis].1 { end } else { ((high as f64 + pad) * ratio).min(end) }
        };
        let start = [from(left, 0), from(top, 1)];
        let end = [to(right, 0), to(bottom, 1)];
        let mut corner = [0; 2];
        let mut size = [0; 2];
        for axis in 0..2 {
            let length = (end[axis] - start[axis]) * scale;
            let middle = ([left + right, top + bottom][axis] as f64 / 2.0) * ratio;
            size[axis] = (length.round() as u32).max(1);
            corner[axis] = match cut[axis] {
                (true, false) => 0,
                (false, true) => (side - length).round() as i64,
                // A little above the middle looks centred to the eye.
                _ => {
                    let rise = if axis == 1 { 0.012 * side } else { 0.0 };
                    (side / 2.0 - rise - (middle - start[axis]) * scale).round() as i64
                }
            };
        }
        let part = [start[0], start[1], end[0] - start[0], end[1] - start[1]];
        Ok(Self { part, corner, size, side: side as u32 })
    }

    /// Shot position to photo position, both in pixels.
    fn source(&self, x: f32, y: f32) -> (f32, f32) {
        let scale =
            [self.part[2] as f32 / self.size[0] as f32, self.part[3] as f32 / self.size[1] as f32];
        let [left, top] = self.corner.map(|c| c as f32);
        (self.part[0] as f32 + (x - left) * scale[0], self.part[1] as f32 + (y - top) * scale[1])
    }
}

/// Left, top, right, bottom (the last two exclusive) of what is more than half covered.
fn bounds(cover: &Plane) -> Option<[usize; 4]> {
    let mut found: Option<[usize; 4]> = None;
    for (at, &value) in cover.data.iter().enumerate() {
        if value > 0.5 {
            let (x, y) = (at % cover.width, at / cover.width);
            let [l, t, r, b] = found.unwrap_or([x, y, x + 1, y + 1]);
            found = Some([l.min(x), t.min(y), r.max(x + 1), b.max(y + 1)]);
        }
    }
    found
}

/// The piece at its size on the shot.
struct Piece {
    colours: Vec<[f32; 3]>,
    cover: Plane,
    glow: Plane,
    /// For each column the row that it is mirrored at, and how clearly.
    floor: Vec<Option<(f32, f32)>>,
}

/// The finished shot of the piece found in `photo`.
pub(super) fn shot(
    photo: &RgbImage,
    found: &Found,
    look: &Look,
    meter: &mut Meter,
) -> Result<RgbImage, Error> {
    let place = Place::of(&found.cover, [photo.width(), photo.height()])?;
    meter.step(48, "lifting the piece")?;
    let piece = lift(photo, found, &place)?;
    meter.step(58, "laying the shadow")?;
    let shade = shade(found, &place, photo.width());
    meter.step(62, "painting the backdrop")?;
    let backdrop = Backdrop::new(look.paint, place.side);
    let dark = linear(look.paint.shade);
    let mut out = RgbImage::new(place.side, place.side);
    let step = shade.width as f32 / place.side as f32;
    for y in 0..place.side {
        if y % 64 == 0 {
            meter.step(62 + (y * 24 / place.side) as u8, "painting the backdrop")?;
        }
        for x in 0..place.side {
            let mut light = backdrop.at(x, y);
            let (sx, sy) = ((x as f32 + 0.5) * step - 0.5, (y as f32 + 0.5) * step - 0.5);
            let depth = shade.sample(sx, sy) * look.paint.shadow;
            blend(&mut light, dark, depth);
            piece.draw(&mut light, &place, look, i64::from(x), i64::from(y));
            let grain = spot(x, y, 1) - 0.5;
            let level = light.map(|v| (level(v) + 0.5 + grain).clamp(0.0, 255.0) as u8);
            out.put_pixel(x, y, image::Rgb(level));
        }
    }
    Ok(out)
}

fn blend(under: &mut [f32; 3], over: [f32; 3], part: f32) {
    for (value, own) in under.iter_mut().zip(over) {
        *value += (own - *value) * part;
    }
}

/// Cuts the piece out of the photo at its size on the shot, and develops it.
fn lift(photo: &RgbImage, found: &Found, place: &Place) -> Result<Piece, Error> {
    let [width, height] = place.size;
    let picture = resized(photo, place.part, width, height)?;
    let (width, height) = (width as usize, height as usize);
    let ratio = found.cover.width as f32 / photo.width() as f32;
    let mut cover = Plane::filled(width, height, 0.0);
    for y in 0..height {
        for x in 0..width {
            let at = place.source(
                (x as i64 + place.corner[0]) as f32 + 0.5,
                (y as i64 + place.corner[1]) as f32 + 0.5,
            );
            cover.data[y * width + x] = found.cover.sample(at.0 * ratio - 0.5, at.1 * ratio - 0.5);
        }
    }
    let cover = edge::evened(&cover);
    let mut colours = edge::own_colours(&picture, &cover);
    tone::develop(&mut colours, &cover, found.ground);
    let reach = place.side as f32 * 0.006;
    let mut glow = cover.blurred(reach);
    for (value, own) in glow.data.iter_mut().zip(&cover.data) {
        *value = ((own - *value) * 2.0).clamp(0.0, 1.0);
    }
    let floor = floor(&cover, (place.side / 32) as usize);
    Ok(Piece { colours, cover, glow, floor })
}

/// The row that each column is mirrored at: the lowest that is mostly covered, evened out over
/// `reach` columns so that the reflection does not break where one part hides another. Where
/// it rises steeply the piece hovers, and its reflection fades out.
pub(super) fn floor(cover: &Plane, reach: usize) -> Vec<Option<(f32, f32)>> {
    let (width, height) = (cover.width, cover.height);
    let lowest: Vec<Option<usize>> =
        (0..width).map(|x| (0..height).rev().find(|y| cover.data[y * width + x] > 0.5)).collect();
    let near = |x: usize| x.saturating_sub(reach)..(x + reach + 1).min(width);
    let deepest: Vec<Option<usize>> =
        (0..width).map(|x| lowest[near(x)].iter().copied().flatten().max()).collect();
    let even = |x: usize| {
        let around = || deepest[near(x)].iter().copied().flatten();
        let count = around().count();
        (count > 0).then(|| around().sum::<usize>() as f32 / count as f32)
    };
    let rows: Vec<Option<f32>> = (0..width).map(even).collect();
    (0..width)
        .map(|x| {
            let ends = [near(x).start, near(x).end - 1].map(|end| rows[end].or(rows[x]));
            let rise = (ends[0]? - ends[1]?) / near(x).len() as f32;
            Some((rows[x]?, 1.0 / (1.0 + (rise * 3.0).powi(4))))
        })
        .collect()
}

/// The shadow density on a small copy of the shot.
fn shade(found: &Found, place: &Place, photo_width: u32) -> Plane {
    let side = (place.side as usize).min(512);
    let zoom = place.side as f32 / side as f32;
    let mut cover = Plane::filled(side, side, 0.0);
    let mut seen = Plane::filled(side, side, 0.0);
    let cover_ratio = found.cover.width as f32 / photo_width as f32;
    let seen_ratio = found.shadow.width as f32 / photo_width as f32;
    let end = [found.cover.width as f32 / cover_ratio, found.cover.height as f32 / cover_ratio];
    for y in 0..side {
        for x in 0..side {
            let (px, py) = place.source((x as f32 + 0.5) * zoom, (y as f32 + 0.5) * zoom);
            if px >= 0.0 && py >= 0.0 && px < end[0] && py < end[1] {
                let at = y * side + x;
                cover.data[at] = found.cover.sample(px * cover_ratio - 0.5, py * cover_ratio - 0.5);
                seen.data[at] = found.shadow.sample(px * seen_ratio - 0.5, py * seen_ratio - 0.5);
            }
        }
    }
    shadow::cast(&cover, &seen)
}

impl Piece {
    /// Draws the piece's pixel, or its reflection, over `light`.
    fn draw(&self, light: &mut [f32; 3], place: &Place, look: &Look, x: i64, y: i64) {
        let (width, height) = (self.cover.width as i64, self.cover.height as i64);
        let (px, py) = (x - place.corner[0], y - place.corner[1]);
        if px < 0 || px >= width || py < 0 {
            return;
        }
        if look.paint.mirror > 0.0 {
            self.mirror(light, place, look, px as usize, py as usize);
        }
        if py >= height {
            return;
        }
        let at = (py * width + px) as usize;
        let mut own = self.colours[at];
        if look.paint.glow > 0.0 {
            let lit = self.glow.data[at] * look.paint.glow;
            own = own.map(|v| v + (1.0 - v) * lit * (0.25 + v));
        }
        blend(light, own, self.cover.data[at]);
    }

    /// The ground's reflection of the column above, fading as it falls away.
    fn mirror(&self, light: &mut [f32; 3], place: &Place, look: &Look, px: usize, py: usize) {
        let Some(&Some((floor, clear))) = self.floor.get(px) else { return };
        let drop = py as f32 - floor;
        if drop <= 0.0 || drop > floor {
            return;
        }
        let at = (floor - drop) as usize * self.cover.width + px;
        let fade = clear * (-drop / (place.side as f32 * 0.045)).exp();
        blend(light, self.colours[at], self.cover.data[at] * look.paint.mirror * fade);
    }
}
