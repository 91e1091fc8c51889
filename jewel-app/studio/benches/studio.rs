//! The built-in studio against the truth: masks it finds in rendered scenes, held against the
//! masks of the same scenes drawn flat, and what a shot costs.
//!
//! `cargo bench -p jewel-studio --bench studio -- [--json] [--turn DEGREES] [--contact-sheet FILE]`
//! It needs POV-Ray; rendered scenes are kept in the target directory.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use image::imageops::{self, FilterType};
use image::{GrayImage, Rgb, RgbImage};
use jewel_studio as studio;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Scene and the least intersection over union that passes. Wood and print are patterned.
const SCENES: [(&str, f64); 7] = [
    ("ring", 0.97),
    ("earrings", 0.90),
    ("dark", 0.97),
    ("white", 0.90),
    ("pattern", 0.90),
    ("cropped", 0.97),
    ("pair", 0.97),
];
/// Pixels either side of the true edge that are not judged.
const TOLERANCE: i64 = 2;
const SIZE: (u32, u32) = (1200, 900);

struct Options {
    json: bool,
    turn: i32,
    sheet: Option<PathBuf>,
}

struct Score {
    scene: &'static str,
    gate: f64,
    union: f64,
    seconds: f64,
    mib: u64,
}

fn main() -> ExitCode {
    let outcome = options().and_then(|options| match &options.sheet {
        Some(file) => contact_sheet(file).map(|()| true),
        None => measure(&options),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Outcome<Options> {
    let mut options = Options { json: false, turn: 0, sheet: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => options.json = true,
            "--turn" => options.turn = words.next().unwrap_or_default().parse()?,
            "--contact-sheet" => {
                let file = PathBuf::from(words.next().ok_or("--contact-sheet needs a file")?);
                // Benches run in their package's folder; a plain path is meant from the root.
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
                options.sheet = Some(if file.is_absolute() { file } else { root.join(file) });
            }
            "--bench" => {}
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok(options)
}

fn measure(options: &Options) -> Outcome<bool> {
    let mut scores = Vec::new();
    for (scene, gate) in SCENES {
        let photo = image::open(rendered(scene, options.turn, false)?)?.to_rgb8();
        let truth = image::open(rendered(scene, options.turn, true)?)?.to_luma8();
        forget_peak();
        let start = Instant::now();
        let union = studio::mask(&photo).map_or(0.0, |mask| overlap(&mask, &truth));
        let score =
            Score { scene, gate, union, seconds: start.elapsed().as_secs_f64(), mib: peak_mib() };
        let mark = if score.union >= gate { "ok" } else { "LOW" };
        eprintln!(
            "{scene:9} iou {:.4} (gate {gate:.2}) {mark:3} {:.2} s {} MiB",
            score.union, score.seconds, score.mib
        );
        scores.push(score);
    }
    let (seconds, mib) = large_shot(options.turn)?;
    eprintln!("12 MP shot: {seconds:.2} s {mib} MiB");
    let passed = scores.iter().filter(|s| s.union >= s.gate).count();
    if options.json {
        let list: Vec<String> = scores
            .iter()
            .map(|s| {
                format!(
                    r#"{{"scene":"{}","iou":{:.4},"gate":{},"seconds":{:.3},"mib":{}}}"#,
                    s.scene, s.union, s.gate, s.seconds, s.mib
                )
            })
            .collect();
        println!(
            r#"{{"scenes":[{}],"shot_seconds":{seconds:.3},"shot_mib":{mib}}}"#,
            list.join(",")
        );
    }
    let least = scores.iter().map(|s| s.union).fold(1.0, f64::min);
    println!(
        "result: scenes={} passed={passed} least_iou={least:.4} shot_seconds={seconds:.2} \
         shot_mib={mib}",
        scores.len()
    );
    Ok(passed == scores.len())
}

/// Seconds and peak memory of one whole shot of a twelve-megapixel photo.
fn large_shot(turn: i32) -> Outcome<(f64, u64)> {
    let small = image::open(rendered("ring", turn, false)?)?.to_rgb8();
    let large = imageops::resize(&small, 4000, 3000, FilterType::Triangle);
    let mut file = std::io::Cursor::new(Vec::new());
    large.write_to(&mut file, image::ImageFormat::Jpeg)?;
    drop(large);
    forget_peak();
    let start = Instant::now();
    shot(file.get_ref(), &studio::LOOKS[0])?;
    Ok((start.elapsed().as_secs_f64(), peak_mib()))
}

fn shot(photo: &[u8], look: &studio::Look) -> Outcome<studio::Rendered> {
    Ok(studio::render(photo, look, &mut |_, _| ControlFlow::Continue(()))?)
}

/// Intersection over union of a mask and the truth, the edge's neighbourhood left out.
fn overlap(mask: &studio::Mask, truth: &GrayImage) -> f64 {
    let (width, height) = (i64::from(truth.width()), i64::from(truth.height()));
    let is_piece = |x: i64, y: i64| {
        let (x, y) = (x.clamp(0, width - 1), y.clamp(0, height - 1));
        truth.get_pixel(x as u32, y as u32).0[0] > 127
    };
    let (mut both, mut either) = (0_u64, 0_u64);
    for y in 0..height {
        for x in 0..width {
            let real = is_piece(x, y);
            let at_edge = (-TOLERANCE..=TOLERANCE).any(|dy| {
                (-TOLERANCE..=TOLERANCE).any(|dx| {
                    dx * dx + dy * dy <= TOLERANCE * TOLERANCE && is_piece(x + dx, y + dy) != real
                })
            });
            if !at_edge {
                let found = mask.cover[(y * width + x) as usize] > 0.5;
                both += u64::from(real && found);
                either += u64::from(real || found);
            }
        }
    }
    both as f64 / either.max(1) as f64
}

/// A scene's photo or true mask, rendered unless it already is.
fn rendered(scene: &str, turn: i32, is_mask: bool) -> Outcome<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scenes = home.join("benches/scenes");
    let kept = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => home.join("../../target"),
    }
    .join("studio-scenes");
    std::fs::create_dir_all(&kept)?;
    let kind = if is_mask { "mask" } else { "photo" };
    let file = kept.join(format!("{scene}-{turn}-{kind}.png"));
    let source = scenes.join(format!("{scene}.pov"));
    let changed = |path: &Path| path.metadata().and_then(|data| data.modified());
    if file.exists()
        && changed(&file)? > changed(&source)?
        && changed(&file)? > changed(&scenes.join("flat.inc"))?
    {
        return Ok(file);
    }
    eprintln!("rendering {scene} ({kind})");
    let mut povray = Command::new("povray");
    povray
        .current_dir(&scenes)
        .arg(format!("{scene}.pov"))
        .args([format!("+W{}", SIZE.0), format!("+H{}", SIZE.1)])
        .args(["+A0.1", "-D", "-GA"])
        .arg(format!("Declare=Turn={turn}"))
        .arg(format!("+O{}", file.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if is_mask {
        povray.arg("Declare=Mask=1");
    }
    let status = povray.status().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            "povray is missing; install it with: apt-get install -y povray".to_owned()
        }
        _ => error.to_string(),
    })?;
    if !status.success() {
        return Err(format!("povray could not render {scene}").into());
    }
    Ok(file)
}

/// Starts the peak of memory anew, where the system lets us.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Most memory held since, in MiB; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
        .map_or(0, |kib: u64| kib / 1024)
}

/// Both example photos in every look, the originals at the left.
fn contact_sheet(file: &Path) -> Outcome<()> {
    const CELL: u32 = 220;
    const LABEL: u32 = 22;
    const GAP: u32 = 8;
    let photos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/photos");
    let columns = studio::LOOKS.len() as u32 + 1;
    let width = columns * (CELL + GAP) + GAP;
    let height = 2 * (CELL + GAP) + GAP + LABEL;
    let mut sheet = RgbImage::from_pixel(width, height, Rgb([255, 255, 255]));
    write(&mut sheet, "photo", GAP, 8);
    for (row, name) in ["ring.jpg", "earrings.jpg"].into_iter().enumerate() {
        let bytes = std::fs::read(photos.join(name))?;
        studio::verify(&bytes, &studio::Limits::default())?;
        let top = i64::from(LABEL + GAP + row as u32 * (CELL + GAP));
        let original = image::load_from_memory(&bytes)?.to_rgb8();
        let tall = CELL * original.height() / original.width();
        let small = imageops::resize(&original, CELL, tall, FilterType::Lanczos3);
        imageops::replace(&mut sheet, &small, i64::from(GAP), top + i64::from(CELL - tall) / 2);
        for (column, entry) in studio::LOOKS.iter().enumerate() {
            let look = studio::look(entry.slug).ok_or("a look is missing")?;
            eprintln!("{name} {} ({})", look.name, look.description);
            let left = GAP + (column as u32 + 1) * (CELL + GAP);
            write(&mut sheet, look.slug, left, 8);
            let done = image::load_from_memory(&shot(&bytes, look)?.jpeg)?.to_rgb8();
            let small = imageops::resize(&done, CELL, CELL, FilterType::Lanczos3);
            imageops::replace(&mut sheet, &small, i64::from(left), top);
        }
    }
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 90).encode_image(&sheet)?;
    println!("result: sheet={} width={width} height={height}", file.display());
    Ok(())
}

/// Letters of five by seven dots, one number a row, for the words on the sheet.
fn glyph(letter: char) -> [u8; 7] {
    match letter {
        'a' => [0, 0, 14, 1, 15, 17, 15],
        'b' => [16, 16, 30, 17, 17, 17, 30],
        'e' => [0, 0, 14, 17, 31, 16, 14],
        'g' => [0, 0, 15, 17, 15, 1, 14],
        'h' => [16, 16, 30, 17, 17, 17, 17],
        'i' => [4, 0, 12, 4, 4, 4, 14],
        'l' => [12, 4, 4, 4, 4, 4, 14],
        'm' => [0, 0, 26, 21, 21, 21, 21],
        'n' => [0, 0, 30, 17, 17, 17, 17],
        'o' => [0, 0, 14, 17, 17, 17, 14],
        'p' => [0, 0, 30, 17, 30, 16, 16],
        'r' => [0, 0, 22, 25, 16, 16, 16],
        's' => [0, 0, 15, 16, 14, 1, 30],
        't' => [8, 8, 28, 8, 8, 9, 6],
        'u' => [0, 0, 17, 17, 17, 19, 13],
        _ => [31; 7],
    }
}

fn write(sheet: &mut RgbImage, word: &str, left: u32, top: u32) {
    for (place, letter) in word.chars().enumerate() {
        for (row, dots) in glyph(letter).into_iter().enumerate() {
            for column in (0..5).filter(|column| dots >> (4 - column) & 1 == 1) {
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let x = left + (place as u32 * 6 + column) * 2 + dx;
                    sheet.put_pixel(x, top + row as u32 * 2 + dy, Rgb([70, 70, 74]));
                }
            }
        }
    }
}
