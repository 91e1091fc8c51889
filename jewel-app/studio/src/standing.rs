//! What a pixel's place says of it: joined to the background, or fenced off from it by a crisp
//! outline. Holes are told from white pieces by how much of them is as bare as the ground
//! outside, hard shadows by how evenly they dim it. What single colours suggest is `evidence`'s
//! business.

use super::background::median;
use super::outline::{Outline, grown};
use super::regions::{Region, regions};

/// Fine pixels of a patch too small to tell anything.
const SPECK: usize = 100;

/// How uneven a hard shadow may be, against how far from its colour the bare ground is.
const EVEN: f64 = 1.5;
/// How far from the dimmed ground's colour a shadow's may be.
const TINT: f64 = 0.006;
/// How far from it a patch of a tint of its own is.
const TINGED: f64 = 0.03;

/// What a pixel's place says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing; its colour must tell.
    Open,
    /// Joined to the background without a crisp outline between.
    Ground,
    /// Fenced off from the background by a crisp outline.
    Piece,
}

impl Standing {
    /// A colour's leaning, with what is known of the pixel's place.
    pub(super) fn settled(self, lean: f32) -> f32 {
        match self {
            Self::Ground => lean.min(-2.5),
            Self::Piece => lean.max(1.5),
            // Merely of the ground's colour, as a reflection of it would be.
            Self::Open if lean < 0.0 => lean * 0.5,
            Self::Open => lean,
        }
    }
}

/// A photo's patches at the fine size, with what its colours say at the coarse size.
pub(super) struct View<'a> {
    pub(super) outline: &'a Outline,
    /// Width and height of the coarse size.
    pub(super) size: (usize, usize),
    /// Colours that the ground may have, bare or shaded.
    pub(super) passable: Vec<bool>,
    /// How much lighter than the bare ground each pixel is.
    pub(super) light: Vec<f32>,
    /// How far each colour is from the bare ground's.
    pub(super) off: Vec<f32>,
    /// The same, were the bare ground dimmed as much.
    pub(super) tint: Vec<f32>,
}

/// What places say, taken together.
pub(super) struct Verdict {
    /// Every fine pixel's standing.
    pub(super) fine: Vec<Standing>,
    /// The same at the coarse size, by majority.
    pub(super) coarse: Vec<Standing>,
    /// Whether the piece shows colours of its own rather than those of the ground in shadow.
    pub(super) is_coloured: bool,
}

/// What is counted in a patch.
#[derive(Clone, Copy, Default)]
struct Count {
    area: usize,
    /// How many of its pixels are as bare as the ground, no lighter than it, of its colours.
    bare: usize,
    dull: usize,
    passable: usize,
    /// Sums over it: lightness, its square, and tint.
    light: f64,
    square: f64,
    tint: f64,
    /// Whether it runs out of the photo.
    outer: bool,
}

impl Count {
    /// Background by itself: what lines the photo's rim, and holes, which are known by a good
    /// part of them being as bare as the ground outside.
    fn is_ground(&self) -> bool {
        let hole = self.area > 12 && self.bare * 4 > self.area;
        hole || (self.outer && self.passable * 2 > self.area)
    }

    fn is_dull(&self) -> bool {
        self.dull * 10 > self.area * 9
    }

    /// Of another tint than the ground, lit or shaded.
    fn is_tinged(&self) -> bool {
        self.tint > self.area as f64 * TINGED
    }

    /// A shadow with a hard border: the ground, evenly dimmed. `flat` is how uneven it may be.
    fn is_shadow(&self, flat: f64) -> bool {
        let area = self.area.max(1) as f64;
        let mean = self.light / area;
        let uneven = (self.square / area - mean * mean).max(0.0).sqrt();
        self.is_dull() && uneven < flat && self.tint / area < TINT
    }
}

impl View<'_> {
    /// The coarse pixel at a fine one.
    fn coarse(&self, at: usize) -> usize {
        let (x, y) = (at % self.outline.width, at / self.outline.width);
        let (width, height) = self.size;
        (y * height / self.outline.height) * width + x * width / self.outline.width
    }

    fn at_rim(&self, region: &Region) -> bool {
        let [left, top, right, bottom] = region.bounds;
        left == 0
            || top == 0
            || right + 1 == self.outline.width
            || bottom + 1 == self.outline.height
    }

    /// Decides on every pixel.
    pub(super) fn verdict(&self) -> Verdict {
        let Outline { width, patches, reach, .. } = self.outline;
        let usual = self.usual();
        let counts = self.counts(usual);
        let shadow: Vec<bool> =
            counts.iter().map(|c| c.is_shadow(f64::from(usual) * EVEN)).collect();
        let is_ground: Vec<bool> =
            counts.iter().zip(&shadow).map(|(c, shadow)| c.is_ground() || *shadow).collect();
        let fenced = || counts.iter().zip(&is_ground).filter(|(_, ground)| !**ground);
        let dull: usize = fenced().filter(|(c, _)| c.is_dull()).map(|(c, _)| c.area).sum();
        let strange: usize = counts.iter().map(|c| c.area - c.passable).sum();
        // Where the piece shows colours of its own, a dull patch beside it may be a shadow;
        // where most of it is dull itself, it is all that the outlines fence off.
        let is_coloured = dull < strange;
        let doubted = |c: &Count| is_coloured && c.is_dull();
        let ground: Vec<bool> =
            counts.iter().zip(&is_ground).map(|(c, ground)| *ground || doubted(c)).collect();
        let piece: Vec<bool> =
            counts.iter().zip(&ground).map(|(c, ground)| !ground && c.area > SPECK).collect();
        let ground = grown(*width, &self.walk(&ground, &shadow, usual), *reach);
        // A patch of a tint of its own does not vouch for the shadow that ran into it.
        let vouched = |at: usize, name: usize| {
            let strange = is_coloured && counts[name].is_tinged();
            let coarse = self.coarse(at);
            piece[name] && !(strange && self.passable[coarse] && self.light[coarse] < 0.0)
        };
        let piece: Vec<bool> =
            patches.label.iter().enumerate().map(|(at, &n)| vouched(at, n as usize)).collect();
        let piece = grown(*width, &piece, *reach);
        let fine: Vec<Standing> = (0..ground.len())
            .map(|at| match (ground[at] && self.passable[self.coarse(at)], piece[at]) {
                (true, false) => Standing::Ground,
                (false, true) => Standing::Piece,
                _ => Standing::Open,
            })
            .collect();
        Verdict { coarse: self.majority(&fine), fine, is_coloured }
    }

    /// What each patch, by its name, is made of; `usual` is how far from the ground's colour
    /// the bare ground is.
    fn counts(&self, usual: f32) -> Vec<Count> {
        let patches = &self.outline.patches;
        let mut counts = vec![Count::default(); patches.list.len() + 1];
        for (at, &name) in patches.label.iter().enumerate() {
            if name != 0 {
                let count = &mut counts[name as usize];
                let coarse = self.coarse(at);
                let light = self.light[coarse];
                count.area += 1;
                count.bare += usize::from(self.off[coarse] < usual);
                count.dull += usize::from(self.passable[coarse] && light < 2.0 * usual);
                count.passable += usize::from(self.passable[coarse]);
                count.light += f64::from(light);
                count.square += f64::from(light * light);
                count.tint += f64::from(self.tint[coarse]);
            }
        }
        for (count, patch) in counts[1..].iter_mut().zip(&patches.list) {
            count.outer = self.at_rim(patch);
        }
        counts
    }

    /// Pixels of the ground's patches and colours that are joined to the photo's rim, or make
    /// a hole or a shadow.
    fn walk(&self, is_ground: &[bool], shadow: &[bool], usual: f32) -> Vec<bool> {
        let Outline { width, patches, .. } = self.outline;
        let way: Vec<bool> = patches
            .label
            .iter()
            .enumerate()
            .map(|(at, &name)| is_ground[name as usize] && self.passable[self.coarse(at)])
            .collect();
        let sure =
            |at: usize| shadow[patches.label[at] as usize] || self.off[self.coarse(at)] < usual;
        let walked = regions(*width, &way, false, |at| f32::from(u8::from(sure(at))));
        let keep: Vec<bool> =
            walked.list.iter().map(|w| self.at_rim(w) || w.sum * 4.0 > w.area as f64).collect();
        walked.label.iter().map(|&name| name != 0 && keep[name as usize - 1]).collect()
    }

    /// How far off the ground's colour still counts as bare, going by the rim's patches.
    fn usual(&self) -> f32 {
        let patches = &self.outline.patches;
        let outer: Vec<bool> = patches.list.iter().map(|p| self.at_rim(p)).collect();
        let offs = (0..patches.label.len())
            .step_by(7)
            .filter(|&at| patches.label[at] != 0 && outer[patches.label[at] as usize - 1])
            .map(|at| self.coarse(at))
            .filter(|&at| self.passable[at])
            .map(|at| self.off[at]);
        1.5 * median(offs).max(0.002)
    }

    /// The standings at the coarse size.
    fn majority(&self, standing: &[Standing]) -> Vec<Standing> {
        let mut votes = vec![[0_u32; 3]; self.size.0 * self.size.1];
        for (at, &own) in standing.iter().enumerate() {
            votes[self.coarse(at)][own as usize] += 1;
        }
        votes
            .iter()
            .map(|&[open, ground, piece]| {
                if ground > open + piece {
                    Standing::Ground
                } else if piece > open + ground {
                    Standing::Piece
                } else {
                    Standing::Open
                }
            })
            .collect()
    }
}
