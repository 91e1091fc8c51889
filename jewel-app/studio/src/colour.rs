//! Colour arithmetic: sRGB bytes, linear light and Oklab, and a picture held as Oklab.
//! Oklab because equal distances in it look about equal, and because dimming a colour in
//! linear light scales all three of its coordinates alike. No profiles other than sRGB.

use std::sync::LazyLock;

use image::RgbImage;

/// Linear light of each of the 256 sRGB levels.
static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|level| {
        let v = level as f32 / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    })
});

/// sRGB level (0 to 255, not rounded) of each 4096th of linear light.
static LEVEL: LazyLock<Vec<f32>> = LazyLock::new(|| {
    (0..=4096)
        .map(|step| {
            let v = step as f32 / 4096.0;
            let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
            v * 255.0
        })
        .collect()
});

/// Linear light of one pixel, each channel 0 to 1.
pub(super) fn linear(rgb: [u8; 3]) -> [f32; 3] {
    rgb.map(|level| LINEAR[usize::from(level)])
}

/// sRGB level of linear light, 0 to 255, unrounded so that the caller can dither.
pub(super) fn level(light: f32) -> f32 {
    // The curve is steep near black: a square root spreads the table's steps evenly enough.
    let at = light.clamp(0.0, 1.0) * 4096.0;
    let low = at as usize;
    if low < 16 {
        let v = light.clamp(0.0, 1.0);
        let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        return v * 255.0;
    }
    let high = (low + 1).min(4096);
    LEVEL[low] + (LEVEL[high] - LEVEL[low]) * (at - low as f32)
}

/// Oklab of linear light: lightness 0 to 1, then the two colour axes (about -0.4 to 0.4).
pub(super) fn oklab(rgb: [f32; 3]) -> [f32; 3] {
    let [r, g, b] = rgb;
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// Linear light of an Oklab colour; may lie outside 0 to 1.
pub(super) fn from_oklab(lab: [f32; 3]) -> [f32; 3] {
    let [light, a, b] = lab;
    let l = light + 0.396_337_78 * a + 0.215_803_76 * b;
    let m = light - 0.105_561_346 * a - 0.063_854_17 * b;
    let s = light - 0.089_484_18 * a - 1.291_485_5 * b;
    let (l, m, s) = (l * l * l, m * m * m, s * s * s);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
}

/// A picture in Oklab, row by row.
pub(super) struct Lab {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) px: Vec<[f32; 3]>,
}

impl Lab {
    /// The Oklab form of an sRGB picture.
    pub(super) fn of(photo: &RgbImage) -> Self {
        let px = photo.pixels().map(|p| oklab(linear(p.0))).collect();
        Self { width: photo.width() as usize, height: photo.height() as usize, px }
    }
}

/// Squared distance of two colours.
pub(super) fn apart(a: [f32; 3], b: [f32; 3]) -> f32 {
    let (l, u, v) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    l * l + u * u + v * v
}
