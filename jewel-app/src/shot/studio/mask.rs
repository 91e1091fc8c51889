//! Finds the piece in a photo: a coarse cut of the whole picture, cleaned, then a fine cut in
//! a narrow band along its edge, then soft coverage. It judges by colour and edges alone and
//! knows no shapes: a ring is whatever stands out from its background.

use fast_image_resize as fir;
use image::RgbImage;

use super::background::{self, Field};
use super::colour::{Lab, apart};
use super::cut::{AROUND, Graph};
use super::evidence::{Palette, Palettes, busy, calm, sharp_step, steps};
use super::plane::Plane;
use super::{Error, Meter, edge, regions, shadow};

/// Long side of the coarse picture, pixels.
const COARSE: u32 = 480;
/// Long side of the fine picture, pixels.
const FINE: u32 = 1600;
/// What parting two alike neighbours costs, in units of leaning.
const TIE: f32 = 5.0;
/// How sharp a step a shadow may have, as a part of what counts as sharp, where the piece has
/// a shadow's colours itself.
const WARY: f32 = 0.45;
/// Leanings become whole numbers in the graph.
const UNIT: f32 = 64.0;

/// How much of each pixel the piece covers.
#[derive(Debug, Clone)]
pub struct Mask {
    /// Pixels across, as in the photo.
    pub width: u32,
    /// Pixels down, as in the photo.
    pub height: u32,
    /// Coverage row by row, 0 (background) to 1 (piece).
    pub cover: Vec<f32>,
}

/// The piece as found, at the fine size.
pub(super) struct Found {
    pub(super) cover: Plane,
    /// Colour of the bare background, Oklab.
    pub(super) ground: [f32; 3],
    /// How dark the photo's own shadow is, at the coarse size.
    pub(super) shadow: Plane,
}

/// A photo with its background understood.
struct Scene {
    lab: Lab,
    even: Lab,
    /// As the rim alone tells.
    first: Palettes,
    palettes: Palettes,
    busy: Plane,
    step: Plane,
    sharp: f32,
    /// Background for sure, bare or in shadow, by being joined to what is.
    calm: Vec<bool>,
    ground: [f32; 3],
}

/// Coverage of the piece in a photo, at the photo's own size.
///
/// # Errors
/// [`Error::NoPiece`] if nothing stands out from the background.
pub fn mask(photo: &RgbImage) -> Result<Mask, Error> {
    let mut watch = |_: u8, _: &'static str| std::ops::ControlFlow::Continue(());
    let found = find(photo, &mut Meter::new(&mut watch))?;
    let (width, height) = photo.dimensions();
    let cover = found.cover.stretched(width as usize, height as usize).data;
    Ok(Mask { width, height, cover })
}

/// Finds the piece, telling `meter` how far it is.
pub(super) fn find(photo: &RgbImage, meter: &mut Meter) -> Result<Found, Error> {
    let coarse = shrunk(photo, COARSE)?;
    let lab = Lab::of(&coarse);
    if lab.width < 16 || lab.height < 16 {
        return Err(Error::NoPiece);
    }
    meter.step(14, "studying the background")?;
    let mut scene = Scene::first(lab);
    let width = scene.lab.width;
    let mut piece = scene.split();
    for round in 0..4 {
        meter.step(18 + round * 4, "finding the piece")?;
        if !scene.learn(&piece, round) {
            return Err(Error::NoPiece);
        }
        piece = scene.split();
    }
    let piece = regions::tidied(width, &piece, &scene.leans(), &scene.bareness(), &scene.step.data);
    scene.judge(&piece)?;
    meter.step(36, "tracing the edge")?;
    let fine = shrunk(photo, FINE)?;
    let ground = scene.ground;
    let rough = Plane {
        width,
        height: scene.lab.height,
        data: piece.iter().map(|&p| f32::from(u8::from(p))).collect(),
    };
    let traced = scene.trace(&fine, &rough);
    meter.step(44, "tracing the edge")?;
    let shadow = shadow::seen(&scene.even, ground, &piece);
    Ok(Found { cover: edge::soft(&fine, &traced), ground, shadow })
}

/// The photo with its long side at most `side`.
pub(super) fn shrunk(photo: &RgbImage, side: u32) -> Result<RgbImage, Error> {
    let (width, height) = photo.dimensions();
    let long = width.max(height);
    if long <= side {
        return Ok(photo.clone());
    }
    let scaled = |length: u32| (length * side).div_ceil(long).max(1);
    resized(photo, [0.0, 0.0, f64::from(width), f64::from(height)], scaled(width), scaled(height))
}

/// A part of the photo (left, top, width, height in pixels) at another size.
pub(super) fn resized(
    photo: &RgbImage,
    part: [f64; 4],
    width: u32,
    height: u32,
) -> Result<RgbImage, Error> {
    let source = fir::images::ImageRef::new(
        photo.width(),
        photo.height(),
        photo.as_raw(),
        fir::PixelType::U8x3,
    )
    .map_err(|_| Error::Internal("photo size"))?;
    let mut target = fir::images::Image::new(width, height, fir::PixelType::U8x3);
    let options = fir::ResizeOptions::new()
        .crop(part[0], part[1], part[2], part[3])
        .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::CatmullRom));
    fir::Resizer::new()
        .resize(&source, &mut target, &options)
        .map_err(|_| Error::Internal("photo resize"))?;
    RgbImage::from_raw(width, height, target.into_vec()).ok_or(Error::Internal("photo buffer"))
}

impl Scene {
    /// A first idea: whatever lines the photo's rim is background.
    fn first(lab: Lab) -> Self {
        let depth = (lab.width.min(lab.height) / 20).max(2);
        let rim = background::rim(&lab, depth);
        let field = Field::fitted(&rim, 2);
        let ground = field.at(0.0, 0.0);
        let even = background::levelled(&lab, &field, ground);
        let bare = Palette::shared(&background::rim_segments(&even, depth));
        let palettes = Palettes::of_background(bare);
        let step = steps(&lab);
        let sharp = sharp_step(&step);
        let busy = busy(&step, sharp);
        let calm = vec![false; lab.px.len()];
        let mut scene =
            Self { busy, step, sharp, calm, lab, even, first: palettes.clone(), palettes, ground };
        let nothing = vec![false; scene.lab.px.len()];
        scene.settle(&scene.open(&nothing), WARY);
        scene
    }

    /// Learns the palettes anew from a split; false if one side is all but empty.
    fn learn(&mut self, piece: &[bool], round: u8) -> bool {
        let width = self.lab.width;
        let count = piece.iter().filter(|p| **p).count();
        if count * 2500 < piece.len() || count * 20 > piece.len() * 19 {
            return false;
        }
        let bare = |at: usize| !piece[at] && self.palettes.is_bare(self.even.px[at]);
        let samples = background::inside(&self.lab, |x, y| {
            (x + y + usize::from(round)).is_multiple_of(3) && bare(y * width + x)
        });
        if samples.len() < 200 {
            return false;
        }
        let field = Field::fitted(&samples, 3);
        self.ground = field.at(0.0, 0.0);
        self.even = background::levelled(&self.lab, &field, self.ground);
        let open = self.open(piece);
        let outer = (0..piece.len()).filter(|&at| !piece[at]);
        // Shadows lie outside the piece too; they must not pass for the bare background.
        let bare = outer.map(|at| (self.even.px[at], if open[at] { 1.0 } else { 0.02 }));
        let bare = Palette::of(bare, 2);
        let quiet: Vec<_> = (0..piece.len())
            .filter(|&at| !piece[at] && !open[at] && self.busy.data[at] < 0.12)
            .map(|at| self.even.px[at])
            .filter(|&colour| self.first.is_shade(colour))
            .collect();
        let mut palettes = if quiet.len() * 400 > piece.len() {
            Palettes::of_shadowed(bare, &quiet)
        } else {
            Palettes::of_background(bare)
        };
        let dark = (0..piece.len())
            .filter(|&at| !piece[at] && !open[at] && self.busy.data[at] < 0.2)
            .map(|at| (self.even.px[at], 1.0));
        palettes.dark = Some(Palette::of(dark, 2));
        let inner = (0..piece.len()).filter(|&at| piece[at]);
        palettes.piece = Some(Palette::of(inner.map(|at| (self.even.px[at], 1.0)), 2));
        self.palettes = palettes;
        let slack = self.slack(piece, count);
        self.settle(&open, slack);
        true
    }

    /// How sharp a step a shadow may have on its way, as a part of what counts as sharp. Where
    /// hardly any of the piece is of a shadow's colour there is nothing to run into by mistake.
    fn slack(&self, piece: &[bool], count: usize) -> f32 {
        let doubtful = (0..piece.len())
            .filter(|&at| piece[at] && self.first.is_shade(self.even.px[at]))
            .count();
        if doubtful * 7 < count { 1.0 } else { WARY }
    }

    /// Works out what is joined to the background, `open` being it for sure.
    fn settle(&mut self, open: &[bool], slack: f32) {
        let of = |at: usize| self.even.px[at];
        let ground: Vec<bool> = (0..open.len())
            .map(|at| {
                let colour = of(at);
                self.first.is_shade(colour)
                    || self.first.is_bare(colour)
                    || self.palettes.is_bare(colour)
            })
            .collect();
        self.calm = calm(&self.step, self.sharp * slack, &ground, open);
    }

    /// Pixels that are bare background for sure: of its own colour, and in a patch of some size
    /// (a ring's hole counts, a glint on a pearl does not).
    fn open(&self, piece: &[bool]) -> Vec<bool> {
        let width = self.lab.width;
        let bare: Vec<bool> =
            (0..piece.len()).map(|at| !piece[at] && self.first.is_bare(self.even.px[at])).collect();
        let found = regions::regions(width, &bare, false, |_| 0.0);
        let least = piece.len() / 90;
        let is_open = |name: u32| name != 0 && found.list[name as usize - 1].area > least;
        found.label.iter().map(|&name| is_open(name)).collect()
    }

    fn leans(&self) -> Vec<f32> {
        let own = self.even.px.iter().zip(&self.busy.data);
        own.zip(&self.calm)
            .map(|((&colour, &busy), &calm)| settled(self.palettes.lean(colour, busy), calm))
            .collect()
    }

    /// The leanings by colour alone.
    fn bareness(&self) -> Vec<f32> {
        self.even.px.iter().map(|&colour| self.palettes.lean(colour, 0.0)).collect()
    }

    /// Cuts the whole coarse picture in two.
    fn split(&self) -> Vec<bool> {
        let (width, height) = (self.lab.width, self.lab.height);
        let mut graph = Graph::new(width * height);
        for (node, lean) in self.leans().into_iter().enumerate() {
            let (x, y) = (node % width, node / width);
            let rim = x < 2 || y < 2 || x + 2 >= width || y + 2 >= height;
            graph.lean(node, ((lean - if rim { 1.0 } else { 0.0 }) * UNIT) as i32);
        }
        let sharp = sharpness(&self.lab);
        for node in 0..width * height {
            for (way, other) in later_neighbours(node, width, height) {
                graph.tie(node, way, other, tie(&self.lab, node, other, way, sharp));
            }
        }
        graph.solve()
    }

    /// Whether what was found is a piece at all.
    fn judge(&self, piece: &[bool]) -> Result<(), Error> {
        let count = piece.iter().filter(|p| **p).count();
        let all = piece.len();
        if count * 1200 < all || count * 10 > all * 9 {
            return Err(Error::NoPiece);
        }
        // Against the rim alone: a piece must be strange to it, not merely a patch of it.
        let strange = (0..all)
            .filter(|&at| piece[at] && self.first.lean(self.even.px[at], self.busy.data[at]) > 0.0)
            .count();
        if strange * 4 < count { Err(Error::NoPiece) } else { Ok(()) }
    }

    /// Cuts anew at the fine size, in a band along the coarse edge.
    fn trace(&self, fine: &RgbImage, rough: &Plane) -> Plane {
        let lab = Lab::of(fine);
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
        let sharp = sharpness(&lab);
        let mut graph = Graph::new(near.len());
        for (node, &at) in near.iter().enumerate() {
            let (x, y) = (at % width, at / width);
            graph.lean(node, (self.lean_fine(&lab, x, y) * UNIT) as i32);
            for (way, other) in neighbours(at, width, height) {
                let weight = tie(&lab, at, other, way, sharp);
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
    fn lean_fine(&self, lab: &Lab, x: usize, y: usize) -> f32 {
        let cx = (x * self.lab.width / lab.width).min(self.lab.width - 1);
        let cy = (y * self.lab.height / lab.height).min(self.lab.height - 1);
        let at = cy * self.lab.width + cx;
        let own = lab.px[y * lab.width + x];
        let (raw, even) = (self.lab.px[at], self.even.px[at]);
        let gain = even[0] / raw[0].max(0.02);
        let colour =
            [own[0] * gain, even[1] + (own[1] - raw[1]) * gain, even[2] + (own[2] - raw[2]) * gain];
        settled(self.palettes.lean(colour, self.busy.data[at]), self.calm[at])
    }
}

/// A leaning, with what is known of the pixel's place: joined to the background for sure, or
/// merely of its colour, as a reflection of it would be.
fn settled(lean: f32, calm: bool) -> f32 {
    match (calm, lean < 0.0) {
        (true, _) => lean.min(-2.5),
        (false, true) => lean * 0.5,
        (false, false) => lean,
    }
}

fn neighbours(node: usize, width: usize, height: usize) -> impl Iterator<Item = (usize, usize)> {
    let (x, y) = (node % width, node / width);
    AROUND.iter().enumerate().filter_map(move |(way, (dx, dy))| {
        let (nx, ny) = (x.wrapping_add_signed(*dx), y.wrapping_add_signed(*dy));
        (nx < width && ny < height).then(|| (way, ny * width + nx))
    })
}

/// The four neighbours that come later in row order, so that each pair is met once.
fn later_neighbours(
    node: usize,
    width: usize,
    height: usize,
) -> impl Iterator<Item = (usize, usize)> {
    neighbours(node, width, height).filter(|(way, _)| *way >= 4)
}

/// One over twice the usual squared step between neighbours: what counts as an edge here.
fn sharpness(lab: &Lab) -> f32 {
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

fn tie(lab: &Lab, one: usize, two: usize, way: usize, sharp: f32) -> i32 {
    let slant = if matches!(way, 0 | 2 | 5 | 7) { std::f32::consts::FRAC_1_SQRT_2 } else { 1.0 };
    let weight = TIE * slant * (-apart(lab.px[one], lab.px[two]) * sharp).exp();
    ((weight + 0.05) * UNIT) as i32
}
