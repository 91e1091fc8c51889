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
        box_columns(&box_rows(self, radius), radius)
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
    let share = shares(width, radius);
    let mut out = Vec::with_capacity(plane.data.len());
    for row in plane.data.chunks_exact(width) {
        let mut end = radius.min(width);
        let mut sum: f64 = row[..end].iter().map(|&v| f64::from(v)).sum();
        for (x, &share) in share.iter().enumerate() {
            if end < width {
                sum += f64::from(row[end]);
                end += 1;
            }
            if x > radius {
                sum -= f64::from(row[x - radius - 1]);
            }
            out.push((sum * share) as f32);
        }
    }
    Plane { width, height: plane.height, data: out }
}

/// One vertical pass, all columns side by side.
fn box_columns(plane: &Plane, radius: usize) -> Plane {
    let (width, height) = (plane.width, plane.height);
    let row = |y: usize| &plane.data[y * width..(y + 1) * width];
    let mut sums = vec![0.0_f64; width];
    let mut end = radius.min(height);
    for y in 0..end {
        for (sum, &value) in sums.iter_mut().zip(row(y)) {
            *sum += f64::from(value);
        }
    }
    let mut out = Vec::with_capacity(plane.data.len());
    for (y, share) in shares(height, radius).into_iter().enumerate() {
        if end < height {
            for (sum, &value) in sums.iter_mut().zip(row(end)) {
                *sum += f64::from(value);
            }
            end += 1;
        }
        if y > radius {
            for (sum, &value) in sums.iter_mut().zip(row(y - radius - 1)) {
                *sum -= f64::from(value);
            }
        }
        out.extend(sums.iter().map(|sum| (sum * share) as f32));
    }
    Plane { width, height, data: out }
}

/// One over how many of `length` cells lie within `radius` of each.
fn shares(length: usize, radius: usize) -> Vec<f64> {
    (0..length)
        .map(|at| 1.0 / ((at + radius + 1).min(length) - at.saturating_sub(radius)) as f64)
        .collect()
}
