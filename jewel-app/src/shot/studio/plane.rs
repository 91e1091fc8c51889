//! Plain pixel storage: one `f32` plane, and one plane of Oklab colours, with the few
//! whole-plane operations the studio needs (box blur, bilinear look-up).
//! Deliberately not an imaging library: no formats, no colour policy.

/// A grid of numbers, row by row.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<f32>,
}

impl Plane {
    /// A plane of the given size with every cell at `value`.
    pub(super) fn filled(width: usize, height: usize, value: f32) -> Self {
        Self { width, height, data: vec![value; width * height] }
    }

    /// The value between cells at (`x`, `y`), in cells from the first centre; clamped at the rim.
    pub(super) fn sample(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let right = (left + 1).min(self.width - 1);
        let below = (top + 1).min(self.height - 1);
        let (fx, fy) = (x - left as f32, y - top as f32);
        let (upper, lower) = (top * self.width, below * self.width);
        let first = self.data[upper + left] * (1.0 - fx) + self.data[upper + right] * fx;
        let second = self.data[lower + left] * (1.0 - fx) + self.data[lower + right] * fx;
        first * (1.0 - fy) + second * fy
    }

    /// The plane stretched to another size, bilinear, centres aligned.
    pub(super) fn stretched(&self, width: usize, height: usize) -> Self {
        let (sx, sy) = (self.width as f32 / width as f32, self.height as f32 / height as f32);
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            let from = (y as f32 + 0.5) * sy - 0.5;
            for x in 0..width {
                data.push(self.sample((x as f32 + 0.5) * sx - 0.5, from));
            }
        }
        Self { width, height, data }
    }

    /// Mean over a square of `2 * radius + 1` cells, the square cut off at the rim.
    pub(super) fn boxed(&self, radius: usize) -> Self {
        if radius == 0 || self.data.is_empty() {
            return self.clone();
        }
        let rows = box_rows(self, radius);
        let turned = transposed(&rows);
        transposed(&box_rows(&turned, radius))
    }

    /// Three box blurs: close to a Gaussian of about `radius` cells.
    pub(super) fn blurred(&self, radius: f32) -> Self {
        let step = radius.round().max(0.0) as usize;
        if step == 0 {
            return self.clone();
        }
        let each = (step * 10).div_ceil(17).max(1);
        self.boxed(each).boxed(each).boxed(each)
    }
}

/// One horizontal pass of the box mean.
fn box_rows(plane: &Plane, radius: usize) -> Plane {
    let width = plane.width;
    let mut out = Vec::with_capacity(plane.data.len());
    for row in plane.data.chunks_exact(width) {
        let mut end = radius.min(width - 1) + 1;
        let mut start = 0;
        let mut sum: f64 = row[..end].iter().map(|&v| f64::from(v)).sum();
        for x in 0..width {
            out.push((sum / (end - start) as f64) as f32);
            if end < width {
                sum += f64::from(row[end]);
                end += 1;
            }
            if x >= radius {
                sum -= f64::from(row[start]);
                start += 1;
            }
        }
    }
    Plane { width, height: plane.height, data: out }
}

/// Rows and columns exchanged, in square tiles so that both sides stay in the cache.
fn transposed(plane: &Plane) -> Plane {
    const TILE: usize = 32;
    let (width, height) = (plane.width, plane.height);
    let mut data = vec![0.0; plane.data.len()];
    for top in (0..height).step_by(TILE) {
        for left in (0..width).step_by(TILE) {
            for y in top..(top + TILE).min(height) {
                for x in left..(left + TILE).min(width) {
                    data[x * height + y] = plane.data[y * width + x];
                }
            }
        }
    }
    Plane { width: height, height: width, data }
}
