//! What the demo tells: a bar while something runs, a line when it is done, a table at the end.
//!
//! Bars go to stderr and only to a terminal; lines and tables go to stdout.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::api::Shot;

const BEAT: Duration = Duration::from_millis(120);

/// One shot's row.
pub(crate) struct Picture {
    style: String,
    status: String,
    problem: Option<String>,
    credits: i64,
    took: Duration,
    files: Vec<PathBuf>,
}

/// All that happened.
pub(crate) struct Report {
    begin: Instant,
    pictures: Vec<Picture>,
}

impl Picture {
    /// The row of a shot that is over; only a completed one costs anything.
    pub(crate) fn new(style: &str, shot: &Shot, took: Duration, files: Vec<PathBuf>) -> Self {
        let credits = if shot.status == "completed" { shot.price } else { 0 };
        let (status, problem) = (shot.status.clone(), shot.problem.clone());
        Self { style: style.to_owned(), status, problem, credits, took, files }
    }

    /// The row itself.
    pub(crate) fn row(&self) -> String {
        let first = self.files.first().map(|file| file.display().to_string());
        let end = first.or_else(|| self.problem.clone()).unwrap_or_default();
        let (style, status, took) = (&self.style, &self.status, self.took.as_secs_f64());
        format!("{style:<18}{status:<11}{:>7}{took:>9.1}  {end}", self.credits)
    }
}

impl Report {
    /// An empty one; its clock runs.
    pub(crate) fn new() -> Self {
        Self { begin: Instant::now(), pictures: Vec::new() }
    }

    /// A bar for one shot.
    pub(crate) fn bar(&self, style: &str) -> ProgressBar {
        let done = self.pictures.len();
        let bar = ProgressBar::new(100).with_prefix(format!("{} {style}", done + 1));
        let look = ProgressStyle::with_template("{prefix:<22} {bar:40} {pos:>3} % {msg}");
        match look {
            Ok(look) => bar.with_style(look),
            Err(_) => bar,
        }
    }

    /// Adds a shot of this run.
    pub(crate) fn picture(&mut self, picture: Picture) {
        println!("{:<24}{:>7.1} s", format!("shot, {}", picture.style), picture.took.as_secs_f64());
        self.pictures.push(picture);
    }

    /// The table.
    pub(crate) fn print(&self, before: i64, after: i64) {
        println!("\n{:<18}{:<11}{:>7}{:>9}  picture", "style", "status", "credits", "seconds");
        for picture in &self.pictures {
            println!("{}", picture.row());
        }
        let spent: i64 = self.pictures.iter().map(|picture| picture.credits).sum();
        println!("\nCredits         {before} before, {spent} spent, {after} left");
        println!("Time            {:.1} s in all", self.begin.elapsed().as_secs_f64());
    }

    /// Fails when a shot of this run has no picture.
    pub(crate) fn verdict(&self) -> Result<()> {
        let without = self.pictures.iter().filter(|picture| picture.files.is_empty()).count();
        if without > 0 {
            bail!("{without} of {} shots have no picture: see the table", self.pictures.len());
        }
        Ok(())
    }
}

/// Runs a step and tells how long it took; the step shows its own progress.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begin = Instant::now();
    let done = work().with_context(|| format!("the step `{name}` failed"))?;
    println!("{name:<24}{:>7.1} s", begin.elapsed().as_secs_f64());
    Ok(done)
}

/// The same under a spinner.
pub(crate) fn spin<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let spinner = ProgressBar::new_spinner().with_message(name.to_owned());
    spinner.enable_steady_tick(BEAT);
    step(name, || {
        let result = work();
        spinner.finish_and_clear();
        result
    })
}
