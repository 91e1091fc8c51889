//! The bare background as a smooth field: for every place in the photo the colour that would
//! be seen there without the piece. Fitted to samples believed to be background, robust to
//! the part of them that is not. Patterns are not modelled here; `evidence` keeps those as a
//! spread of colours around this field.

use super::colour::Lab;

/// How many terms the polynomial has, by order 0 to 3.
const TERMS: [usize; 4] = [1, 3, 6, 10];
const MOST_TERMS: usize = 10;

/// Which pixels a fit may look at.
pub(super) struct Sample {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) colour: [f32; 3],
}

/// A polynomial in the photo's coordinates (-1 to 1 each way), one set of weights a channel.
pub(super) struct Field {
    order: usize,
    weights: [[f32; MOST_TERMS]; 3],
}

fn terms(x: f32, y: f32) -> [f32; MOST_TERMS] {
    [1.0, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y]
}

/// Pixel position to polynomial coordinate.
pub(super) fn place(at: usize, length: usize) -> f32 {
    (at as f32 + 0.5) / length as f32 * 2.0 - 1.0
}

impl Field {
    /// The field of this order (0 to 3) that most samples lie close to.
    pub(super) fn fitted(samples: &[Sample], order: usize) -> Self {
        let mut field = Self { order, weights: [[0.0; MOST_TERMS]; 3] };
        for channel in 0..3 {
            field.weights[channel][0] = median(samples.iter().map(|s| s.colour[channel]));
        }
        for _ in 0..8 {
            let gaps: Vec<f32> = samples.iter().map(|s| field.gap(s)).collect();
            let spread = median(gaps.iter().copied()).max(0.004) * 1.5;
            // Cauchy weights: a sample far off the field counts for little, never for nothing.
            let trust: Vec<f32> = gaps.iter().map(|g| 1.0 / (1.0 + (g / spread).powi(2))).collect();
            field.refit(samples, &trust);
        }
        field
    }

    /// The background's colour at polynomial coordinates.
    pub(super) fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let basis = terms(x, y);
        let count = TERMS[self.order];
        self.weights.map(|w| w[..count].iter().zip(&basis).map(|(a, b)| a * b).sum())
    }

    fn gap(&self, sample: &Sample) -> f32 {
        super::colour::apart(self.at(sample.x, sample.y), sample.colour).sqrt()
    }

    fn refit(&mut self, samples: &[Sample], trust: &[f32]) {
        let count = TERMS[self.order];
        let mut rows = [[0.0_f64; MOST_TERMS + 3]; MOST_TERMS];
        for (sample, &weight) in samples.iter().zip(trust) {
            let basis = terms(sample.x, sample.y);
            for i in 0..count {
                let left = f64::from(basis[i] * weight);
                for j in 0..count {
                    rows[i][j] += left * f64::from(basis[j]);
                }
                for channel in 0..3 {
                    rows[i][MOST_TERMS + channel] += left * f64::from(sample.colour[channel]);
                }
            }
        }
        let total: f64 = trust.iter().map(|&w| f64::from(w)).sum();
        for (i, row) in rows.iter_mut().enumerate().take(count) {
            // A little stiffness keeps the field tame where no sample lies.
            row[i] += if i == 0 { 1e-9 } else { total * 2e-3 };
        }
        solve(&mut rows, count);
        for channel in 0..3 {
            for (term, row) in rows.iter().enumerate().take(count) {
                self.weights[channel][term] = row[MOST_TERMS + channel] as f32;
            }
        }
    }
}

/// Gauss-Jordan with row exchange on the first `count` rows; the last three columns hold the
/// right-hand sides and then the solutions.
fn solve(rows: &mut [[f64; MOST_TERMS + 3]; MOST_TERMS], count: usize) {
    for pivot in 0..count {
        let best = (pivot..count)
            .max_by(|&a, &b| rows[a][pivot].abs().total_cmp(&rows[b][pivot].abs()))
            .unwrap_or(pivot);
        rows.swap(pivot, best);
        let head = rows[pivot][pivot];
        if head.abs() < 1e-12 {
            continue;
        }
        for value in &mut rows[pivot] {
            *value /= head;
        }
        let lead = rows[pivot];
        for (index, row) in rows.iter_mut().enumerate().take(count) {
            if index != pivot {
                let factor = row[pivot];
                for (value, from) in row.iter_mut().zip(&lead) {
                    *value -= factor * from;
                }
            }
        }
    }
}

/// The middle value; 0 for none.
pub(super) fn median(values: impl Iterator<Item = f32>) -> f32 {
    quantile(values, 0.5)
}

/// The value below which `part` (0 to 1) of the values lie; 0 for none.
pub(super) fn quantile(values: impl Iterator<Item = f32>, part: f32) -> f32 {
    let mut all: Vec<f32> = values.collect();
    if all.is_empty() {
        return 0.0;
    }
    let at = ((all.len() - 1) as f32 * part) as usize;
    *all.select_nth_unstable_by(at, f32::total_cmp).1
}

/// Samples along the photo's rim, `depth` pixels deep.
pub(super) fn rim(photo: &Lab, depth: usize) -> Vec<Sample> {
    inside(photo, |x, y| {
        x < depth || y < depth || x + depth >= photo.width || y + depth >= photo.height
    })
}

/// What `of` says of the cells along the rim, in segments of about equal length.
pub(super) fn rim_segments<T>(
    width: usize,
    height: usize,
    depth: usize,
    of: impl Fn(usize) -> T,
) -> Vec<Vec<T>> {
    const EACH: usize = 7;
    let mut segments: Vec<Vec<T>> = (0..4 * EACH).map(|_| Vec::new()).collect();
    for y in 0..height {
        for x in 0..width {
            let (right, below) = (width - 1 - x, height - 1 - y);
            let gaps = [y, right, below, x];
            let side = (0..4).min_by_key(|&side| gaps[side]).unwrap_or(0);
            if gaps[side] < depth {
                let part = if side % 2 == 0 { x * EACH / width } else { y * EACH / height };
                segments[side * EACH + part].push(of(y * width + x));
            }
        }
    }
    segments.retain(|s| !s.is_empty());
    segments
}

/// Samples wherever `wanted` says so.
pub(super) fn inside(photo: &Lab, wanted: impl Fn(usize, usize) -> bool) -> Vec<Sample> {
    let mut samples = Vec::new();
    for y in 0..photo.height {
        for x in 0..photo.width {
            if wanted(x, y) {
                samples.push(Sample {
                    x: place(x, photo.width),
                    y: place(y, photo.height),
                    colour: photo.px[y * photo.width + x],
                });
            }
        }
    }
    samples
}

/// The photo with the field's unevenness taken out: every pixel as if lit as the middle is.
pub(super) fn levelled(photo: &Lab, field: &Field, base: [f32; 3]) -> Lab {
    let mut px = Vec::with_capacity(photo.px.len());
    for y in 0..photo.height {
        let down = place(y, photo.height);
        for x in 0..photo.width {
            let here = field.at(place(x, photo.width), down);
            let own = photo.px[y * photo.width + x];
            // Uneven light scales a colour; it does not shift it.
            let gain = (base[0] / here[0].max(0.05)).clamp(0.4, 2.5);
            px.push([
                own[0] * gain,
                own[1] * gain + base[1] - here[1] * gain,
                own[2] * gain + base[2] - here[2] * gain,
            ]);
        }
    }
    Lab { width: photo.width, height: photo.height, px }
}
