//! Crisp outlines in a photo, and what they part: ground that can be walked from the photo's
//! rim without crossing one, and patches that they fence off. A shadow's border is soft
//! somewhere, so a shadow is walked into; a piece's outline is crisp all round, whatever its
//! colour. It knows nothing of colours beyond the steps between them; `scene` decides what a
//! fenced patch is.

use super::background::{quantile, rim_segments};
use super::colour::Lab;
use super::plane::Plane;
use super::regions::{Regions, regions};

/// How much steeper a step must be when looked at closely than from afar to count as crisp.
const CRISP: f32 = 1.5;
/// How many times larger than the small ball the large one is.
const BROAD: usize = 3;
/// How much the steps around must run one way.
const STRAIGHT: f32 = 0.5;
/// Steps that no eye would see.
const FAINT: f32 = 0.004;

/// A photo's patches, parted by crisp outlines.
pub(super) struct Outline {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Cells between a patch and the outlines around it.
    pub(super) reach: usize,
    pub(super) patches: Regions,
}

impl Outline {
    /// The outlines of a picture.
    pub(super) fn of(lab: &Lab) -> Self {
        let (width, height) = (lab.width, lab.height);
        let crisp = crisp(lab);
        let reach = (width / 400).clamp(1, 4);
        let fence = grown(width, &crisp, reach);
        // An outline has gaps. Balls too large to slip through them go first, and each patch
        // that they roll over is then widened into its corners before another can get there.
        let broad = grown(width, &crisp, reach * BROAD);
        let free = |fence: &[bool]| fence.iter().map(|f| !f).collect::<Vec<_>>();
        let mut patches = regions(width, &free(&broad), false, |_| 0.0);
        widen(width, &mut patches, &fence);
        let left: Vec<bool> =
            patches.label.iter().zip(&fence).map(|(&name, fence)| name == 0 && !fence).collect();
        patches.add(regions(width, &left, false, |_| 0.0));
        Self { width, height, reach, patches }
    }
}

/// Pixels on a crisp outline.
fn crisp(lab: &Lab) -> Vec<bool> {
    let width = lab.width;
    let Slopes { near, far, straight } = Slopes::of(lab);
    let low = usual(&near, 0.97).max(FAINT);
    let high = (usual(&near, 0.995) * 1.3).max(FAINT * 2.0);
    let steep: Vec<bool> = (0..near.data.len())
        .map(|at| {
            let own = near.data[at];
            own > low && own > CRISP * far.data[at] && straight.data[at] > STRAIGHT
        })
        .collect();
    // Specks and faint scratches are no outlines.
    let strong = |at: usize| f32::from(u8::from(near.data[at] > high));
    let lines = regions(width, &steep, true, strong);
    let keep: Vec<bool> =
        lines.list.iter().map(|line| line.area > width / 40 && line.sum >= 1.0).collect();
    lines.label.iter().map(|&name| name != 0 && keep[name as usize - 1]).collect()
}

/// Lets all patches grow at the same pace over whatever is not fenced.
fn widen(width: usize, patches: &mut Regions, fence: &[bool]) {
    let height = fence.len() / width;
    let label = &mut patches.label;
    let mut front: Vec<usize> = (0..fence.len()).filter(|&at| label[at] != 0).collect();
    while !front.is_empty() {
        let mut next = Vec::new();
        for at in front {
            let (x, y) = (at % width, at / width);
            let around = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then(|| at + 1),
                (y > 0).then(|| at - width),
                (y + 1 < height).then(|| at + width),
            ];
            for other in around.into_iter().flatten() {
                if label[other] == 0 && !fence[other] {
                    label[other] = label[at];
                    next.push(other);
                }
            }
        }
        front = next;
    }
}

/// Cells within `reach` of one that is set, along rows and columns.
pub(super) fn grown(width: usize, set: &[bool], reach: usize) -> Vec<bool> {
    let height = set.len() / width;
    let data = set.iter().map(|&s| f32::from(u8::from(s))).collect();
    let spread = Plane { width, height, data }.boxed(reach);
    spread.data.iter().map(|&v| v > 1e-4).collect()
}

/// How steep the colours change at each pixel.
struct Slopes {
    /// Looked at closely.
    near: Plane,
    /// From afar.
    far: Plane,
    /// How much the steps around run one way: 1 along an outline, near 0 in grain.
    straight: Plane,
}

impl Slopes {
    fn of(lab: &Lab) -> Self {
        let (width, height) = (lab.width, lab.height);
        let mut far = Plane::filled(width, height, 0.0);
        let mut tensor = [far.clone(), far.clone(), far.clone()];
        for channel in 0..3 {
            let data = lab.px.iter().map(|p| p[channel]).collect();
            let plane = Plane { width, height, data }.boxed(1);
            each_slope(&plane, |at, across, down| {
                tensor[0].data[at] += across * across;
                tensor[1].data[at] += down * down;
                tensor[2].data[at] += across * down;
            });
            each_slope(&plane.boxed(2).boxed(3), |at, across, down| {
                far.data[at] += across * across + down * down;
            });
        }
        let mut near = tensor[0].clone();
        for at in 0..near.data.len() {
            near.data[at] = (near.data[at] + tensor[1].data[at]).sqrt();
            far.data[at] = far.data[at].sqrt();
        }
        let [across, down, slant] = tensor.map(|plane| plane.boxed(3));
        let mut straight = across;
        for at in 0..straight.data.len() {
            let (xx, yy) = (straight.data[at], down.data[at]);
            let one_way = (xx - yy).hypot(2.0 * slant.data[at]);
            straight.data[at] = one_way / (xx + yy).max(1e-9);
        }
        Self { near, far, straight }
    }
}

/// Tells the slope across and down at every inner pixel.
fn each_slope(plane: &Plane, mut tell: impl FnMut(usize, f32, f32)) {
    let width = plane.width;
    for y in 1..plane.height.saturating_sub(1) {
        for at in y * width + 1..(y + 1) * width - 1 {
            let across = plane.data[at + 1] - plane.data[at - 1];
            let down = plane.data[at + width] - plane.data[at - width];
            tell(at, across * 0.5, down * 0.5);
        }
    }
}

/// The value below which `part` of the slopes lie on the photo's rim, where it is rough: three
/// quarters of the way from the calmest stretch of rim to the one that a piece may run across.
fn usual(slope: &Plane, part: f32) -> f32 {
    let depth = (slope.width.min(slope.height) / 20).max(2);
    let stretches = rim_segments(slope.width, slope.height, depth, |at| slope.data[at]);
    quantile(stretches.into_iter().map(|s| quantile(s.into_iter(), part)), 0.75)
}
