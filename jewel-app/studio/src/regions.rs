//! Connected regions of a yes/no grid, and the clean-up that uses them: specks go, holes that
//! show the background stay, other holes are filled. No colours here beyond the leaning given.

use super::background::quantile;

/// One connected region.
pub(super) struct Region {
    /// Cells in it.
    pub(super) area: usize,
    /// Sum over its cells of what the caller measured.
    pub(super) sum: f64,
    /// Left, top, right, bottom; the last two inclusive.
    pub(super) bounds: [usize; 4],
}

/// Labels (1 onwards, 0 for cells outside) and the regions in the order of their labels.
pub(super) struct Regions {
    pub(super) label: Vec<u32>,
    pub(super) list: Vec<Region>,
}

impl Regions {
    /// Adds other regions, none of which may share a cell with these.
    pub(super) fn add(&mut self, other: Self) {
        let shift = self.list.len() as u32;
        for (name, &more) in self.label.iter_mut().zip(&other.label) {
            if more != 0 {
                *name = more + shift;
            }
        }
        self.list.extend(other.list);
    }
}

/// Finds the regions of cells for which `inside` holds, joined over four neighbours
/// (`diagonal`: over eight).
pub(super) fn regions(
    width: usize,
    inside: &[bool],
    diagonal: bool,
    measure: impl Fn(usize) -> f32,
) -> Regions {
    let height = inside.len() / width;
    let mut label = vec![0_u32; inside.len()];
    let mut list = Vec::new();
    let mut stack = Vec::new();
    for start in 0..inside.len() {
        if !inside[start] || label[start] != 0 {
            continue;
        }
        let name = list.len() as u32 + 1;
        let mut region = Region { area: 0, sum: 0.0, bounds: [usize::MAX, usize::MAX, 0, 0] };
        label[start] = name;
        stack.push(start);
        while let Some(at) = stack.pop() {
            let (x, y) = (at % width, at / width);
            region.area += 1;
            region.sum += f64::from(measure(at));
            let [left, top, right, bottom] = region.bounds;
            region.bounds = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
            for (way, (dx, dy)) in super::cut::AROUND.iter().enumerate() {
                let straight = matches!(way, 1 | 3 | 4 | 6);
                let (nx, ny) = (x.wrapping_add_signed(*dx), y.wrapping_add_signed(*dy));
                if (!straight && !diagonal) || nx >= width || ny >= height {
                    continue;
                }
                let next = ny * width + nx;
                if inside[next] && label[next] == 0 {
                    label[next] = name;
                    stack.push(next);
                }
            }
        }
        list.push(region);
    }
    Regions { label, list }
}

/// Removes specks and fills holes that do not look like background.
///
/// `lean` is what each cell suggests (above zero piece), `bareness` the same by colour alone,
/// `step` how sharp an edge runs there. Small regions stay if they lie close
/// to a large one and are surely piece, as the beads of an earring are.
pub(super) fn tidied(
    width: usize,
    piece: &[bool],
    lean: &[f32],
    bareness: &[f32],
    step: &[f32],
) -> Vec<bool> {
    let mut kept = piece.to_vec();
    let found = regions(width, piece, true, |at| lean[at]);
    let largest = found.list.iter().map(|r| r.area).max().unwrap_or(0);
    let least = (largest / 40).max(piece.len() / 4000).max(4);
    let reach = width / 40;
    let stays: Vec<bool> = found
        .list
        .iter()
        .map(|region| {
            let sure = region.sum / region.area as f64;
            let beside = || {
                found.list.iter().any(|other| {
                    other.area >= least && distance(region.bounds, other.bounds) <= reach
                })
            };
            (region.area >= least && sure > 0.0)
                || (region.area * 12 >= least && sure > 2.0 && beside())
        })
        .collect();
    for (cell, &name) in kept.iter_mut().zip(&found.label) {
        *cell = name != 0 && stays[name as usize - 1];
    }
    fill(width, &mut kept, bareness, step);
    kept
}

/// Fills holes, but for those that look like background and are cut out by a sharp edge: where
/// the piece's own shading merely passes through the background's colour, the edge is soft.
fn fill(width: usize, kept: &mut [bool], lean: &[f32], step: &[f32]) {
    let height = kept.len() / width;
    let open: Vec<bool> = kept.iter().map(|k| !k).collect();
    let gaps = regions(width, &open, false, |at| lean[at]);
    let mut rims = vec![Vec::new(); gaps.list.len()];
    for at in width..kept.len() - width {
        let name = gaps.label[at] as usize;
        if name != 0 && [at - 1, at + 1, at - width, at + width].iter().any(|&n| kept[n]) {
            let near = [at, at + 1, at + width].map(|n| step[n]);
            rims[name - 1].push(near.into_iter().fold(0.0, f32::max));
        }
    }
    let stays: Vec<bool> = gaps
        .list
        .iter()
        .zip(rims)
        .map(|(gap, rim)| {
            let [left, top, right, bottom] = gap.bounds;
            let outer = left == 0 || top == 0 || right + 1 == width || bottom + 1 == height;
            let bare = gap.sum / (gap.area as f64) < -0.7 && gap.area * 6000 > kept.len();
            outer || (bare && quantile(rim.into_iter(), 0.4) > 0.035)
        })
        .collect();
    for (cell, &name) in kept.iter_mut().zip(&gaps.label) {
        *cell = name == 0 || !stays[name as usize - 1];
    }
}

/// Cells between two bounding boxes; 0 if they overlap.
fn distance(one: [usize; 4], two: [usize; 4]) -> usize {
    let across = two[0].saturating_sub(one[2]).max(one[0].saturating_sub(two[2]));
    let down = two[1].saturating_sub(one[3]).max(one[1].saturating_sub(two[3]));
    across.max(down)
}
