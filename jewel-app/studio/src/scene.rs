//! A photo with its background understood, at the coarse size: what is ground for sure, bare
//! or in shadow, which colours ground and piece have, and the cut between them. The tracing of
//! the edge at the fine size is `trace`'s business.

use super::Error;
use super::background::{self, Field};
use super::colour::{Lab, apart};
use super::cut::{Graph, later_neighbours};
use super::evidence::{Palette, Palettes, busy, sharp_step, steps};
use super::outline::Outline;
use super::plane::Plane;
use super::standing::{Standing, View};
use super::trace::{UNIT, sharpness, tie};

/// How far from the dimmed ground's colour a colour must be for the bustle around it to count.
const TINGED: f32 = 0.02;

/// A photo with its background understood.
pub(super) struct Scene {
    pub(super) lab: Lab,
    pub(super) even: Lab,
    /// As the rim alone tells.
    first: Palettes,
    pub(super) palettes: Palettes,
    /// How many sharp steps lie around a pixel, and how much of that tells of a piece.
    busy: Plane,
    pub(super) stir: Plane,
    pub(super) step: Plane,
    /// At the fine size, and at the coarse.
    pub(super) standing: Vec<Standing>,
    pub(super) rough: Vec<Standing>,
    pub(super) ground: [f32; 3],
    /// Whether the piece shows colours of its own rather than those of the ground in shadow.
    pub(super) is_coloured: bool,
}

impl Scene {
    /// A first idea: whatever lines the photo's rim is background, and what it runs on to.
    pub(super) fn first(lab: Lab, outline: &Outline) -> Self {
        let depth = (lab.width.min(lab.height) / 20).max(2);
        let rim = background::rim(&lab, depth);
        let field = Field::fitted(&rim, 2);
        let ground = field.at(0.0, 0.0);
        let even = background::levelled(&lab, &field, ground);
        let segments = background::rim_segments(lab.width, lab.height, depth, |at| even.px[at]);
        let palettes = Palettes::of_background(Palette::shared(&segments));
        let step = steps(&lab);
        let busy = busy(&step, sharp_step(&step));
        let mut scene = Self {
            stir: busy.clone(),
            busy,
            step,
            standing: Vec::new(),
            rough: vec![Standing::Open; lab.px.len()],
            lab,
            even,
            first: palettes.clone(),
            palettes,
            ground,
            is_coloured: false,
        };
        scene.settle(outline);
        scene
    }

    /// Learns the palettes anew from a split; false if one side is all but empty.
    pub(super) fn learn(&mut self, piece: &[bool], outline: &Outline) -> bool {
        let count = piece.iter().filter(|p| **p).count();
        if count * 2500 < piece.len() || count * 20 > piece.len() * 19 {
            return false;
        }
        let bare: Vec<bool> = (0..piece.len())
            .map(|at| !piece[at] && self.palettes.is_bare(self.even.px[at]))
            .collect();
        if !self.level(&bare) {
            return false;
        }
        let of = |at: usize| self.even.px[at];
        let calm = |at: usize| !piece[at] && self.rough[at] == Standing::Ground;
        let open: Vec<bool> =
            (0..piece.len()).map(|at| calm(at) && self.first.is_bare(of(at))).collect();
        let outer = (0..piece.len()).filter(|&at| !piece[at]);
        // Shadows lie outside the piece too; they must not pass for the bare background.
        let bare = outer.map(|at| (of(at), if open[at] { 1.0 } else { 0.02 }));
        let bare = Palette::of(bare, 2);
        let quiet: Vec<_> = (0..piece.len())
            .filter(|&at| calm(at) && !open[at] && self.first.is_shade(of(at)))
            .map(of)
            .collect();
        let mut palettes = if quiet.len() * 400 > piece.len() {
            Palettes::of_shadowed(bare, &quiet)
        } else {
            Palettes::of_background(bare)
        };
        let dark = (0..piece.len())
            .filter(|&at| !piece[at] && !open[at] && self.stir.data[at] < 0.2)
            .map(|at| (of(at), 1.0));
        palettes.dark = Some(Palette::of(dark, 2));
        let inner = (0..piece.len()).filter(|&at| piece[at]);
        palettes.piece = Some(Palette::of(inner.map(|at| (of(at), 1.0)), 2));
        self.palettes = palettes;
        self.settle(outline);
        true
    }

    /// Fits the ground's unevenness to what is `bare`; false if that is too little.
    fn level(&mut self, bare: &[bool]) -> bool {
        let width = self.lab.width;
        let samples =
            background::inside(&self.lab, |x, y| (x + y).is_multiple_of(3) && bare[y * width + x]);
        if samples.len() < 200 {
            return false;
        }
        let field = Field::fitted(&samples, 3);
        self.ground = field.at(0.0, 0.0);
        self.even = background::levelled(&self.lab, &field, self.ground);
        true
    }

    /// Works out what is joined to the background, and what is fenced off from it.
    fn settle(&mut self, outline: &Outline) {
        let passable = |&colour: &[f32; 3]| {
            self.first.is_shade(colour)
                || self.first.is_bare(colour)
                || self.palettes.is_bare(colour)
        };
        let passable: Vec<bool> = self.even.px.iter().map(passable).collect();
        let ground = self.ground;
        let dimmed = |c: &[f32; 3]| ground.map(|v| v * c[0] / ground[0].max(0.05));
        let tint = |c: &[f32; 3]| apart(*c, dimmed(c)).sqrt();
        let view = View {
            outline,
            size: (self.lab.width, self.lab.height),
            passable,
            light: self.even.px.iter().map(|c| c[0] - ground[0]).collect(),
            off: self.even.px.iter().map(|&c| apart(c, ground).sqrt()).collect(),
            tint: self.even.px.iter().map(tint).collect(),
        };
        let verdict = view.verdict();
        self.standing = verdict.fine;
        self.rough = verdict.coarse;
        self.stir = self.busy.clone();
        self.is_coloured = verdict.is_coloured;
        if verdict.is_coloured {
            // Small holes in shadow lie amid much bustle, all of it the piece's own.
            for (stir, tint) in self.stir.data.iter_mut().zip(&view.tint) {
                *stir *= (tint / TINGED).min(1.0);
            }
        }
    }

    pub(super) fn leans(&self) -> Vec<f32> {
        let own = self.even.px.iter().zip(&self.stir.data);
        own.zip(&self.rough)
            .map(|((&colour, &busy), standing)| standing.settled(self.palettes.lean(colour, busy)))
            .collect()
    }

    /// The leanings by colour alone.
    pub(super) fn bareness(&self) -> Vec<f32> {
        self.even.px.iter().map(|&colour| self.palettes.lean(colour, 0.0)).collect()
    }

    /// Cuts the whole coarse picture in two.
    pub(super) fn split(&self) -> Vec<bool> {
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
    pub(super) fn judge(&self, piece: &[bool]) -> Result<(), Error> {
        let count = piece.iter().filter(|p| **p).count();
        let all = piece.len();
        if count * 1200 < all || count * 10 > all * 9 {
            return Err(Error::NoPiece);
        }
        // Against the rim alone: a piece must be strange to it, or fenced off from it, not
        // merely a patch of it.
        let strange = |at: usize| {
            self.rough[at] == Standing::Piece
                || self.first.lean(self.even.px[at], self.stir.data[at]) > 0.0
        };
        let found = (0..all).filter(|&at| piece[at] && strange(at)).count();
        if found * 4 < count { Err(Error::NoPiece) } else { Ok(()) }
    }
}
