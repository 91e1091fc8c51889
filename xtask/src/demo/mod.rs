//! `cargo xtask demo`: the whole product on this machine, through its public HTTP API alone.
//!
//! This file is the story, step by step; it knows no URL (`api.rs`) and no flag of the server
//! (`server.rs`). It can be run again after any interruption: the account and its unfinished
//! orders are kept, and what became of them is told first.

pub(crate) mod account;
pub(crate) mod api;
pub(crate) mod follow;
mod http;
mod multipart;
mod report;
pub(crate) mod server;
mod sse;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::workspace;
use account::Account;
use api::{Api, FORMATS, Shot, Style};
use report::{Picture, Report};
use server::Server;

/// What the demo takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask demo                               the example ring, in every style
  cargo xtask demo --photo my-ring.jpg --serve   your own piece; the server stays

The pictures, the account and the server's log are in .jewel/demo/.")]
pub(crate) struct Args {
    /// The photo (JPEG, PNG or WebP)
    #[arg(long, value_name = "FILE", default_value = "examples/photos/ring.jpg")]
    photo: PathBuf,
    /// Leave the server running until Ctrl-C
    #[arg(long)]
    serve: bool,
    /// Build jewel-app with optimisation
    #[arg(long)]
    release: bool,
}

/// Runs it from the build to the pictures.
pub(crate) fn run(args: &Args) -> Result<()> {
    let photo = photo(&args.photo)?;
    let mut report = Report::new();
    let program = report::step("build jewel-app", || server::build(args.release))?;
    let mut server = report::spin("start the server", || Server::start(&program))?;
    let mut account = report::spin("sign up and log in", || Account::enter(server.base()))?;
    earlier(&mut account, &report)?;
    let styles = account.api().styles()?;
    let account = &mut affordable(account, &styles, server.base())?;
    let before = account.api().credits()?;
    let name = file_name(&args.photo);
    let photo = report::spin("upload the photo", || account.api().upload(&name, &photo))?;
    for style in &styles {
        let picture = shoot(account, &photo.id, style, &report)?;
        report.picture(picture);
    }
    let after = account.api().credits()?;
    report.print(before.balance, after.balance);
    on_from_here(account.api(), &workspace::demo());
    report.verdict()?;
    if args.serve {
        println!("\nThe server stays at {} until Ctrl-C.", server.base());
        return server.wait();
    }
    println!("\nThe server is stopped now: `cargo xtask demo --serve` leaves it running.");
    server.stop()
}

fn photo(path: &Path) -> Result<Vec<u8>> {
    let here = if path.exists() { path.to_owned() } else { workspace::root().join(path) };
    fs::read(&here).with_context(|| {
        format!("cannot read the photo {}: name one with --photo FILE", here.display())
    })
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Tells what became of orders that an earlier run left unfinished.
fn earlier(account: &mut Account, report: &Report) -> Result<()> {
    let orders = account.open_orders();
    for order in &orders {
        let begin = Instant::now();
        let shot = follow::to_the_end(account.api(), &order.id, &report.bar(&order.style))?;
        let files = keep(account.api(), &shot)?;
        let row = Picture::new(&order.style, &shot, begin.elapsed(), files).row();
        println!("An earlier order has ended meanwhile:\n{row}");
        account.close_order(&order.id)?;
    }
    let held = account.api().credits()?.held;
    if !orders.is_empty() && held > 0 {
        bail!("every earlier order has ended and {held} credits are still held");
    }
    Ok(())
}

/// The account, or a new one where its credits no longer pay for a shot in each style.
fn affordable(account: Account, styles: &[Style], base: &str) -> Result<Account> {
    let cost: i64 = styles.iter().map(|style| style.price).sum();
    if styles.is_empty() {
        bail!("the catalogue holds no style");
    }
    let available = account.api().credits()?.available;
    if available >= cost {
        return Ok(account);
    }
    println!("The demo account has {available} credits left and {cost} are needed: a new one.");
    let account = report::spin("sign up once more", || Account::sign_up(base))?;
    let available = account.api().credits()?.available;
    if available < cost {
        println!("The starting credits ({available}) do not pay for every style ({cost}).");
    }
    Ok(account)
}

/// Orders a shot, follows it to its end and keeps the pictures.
fn shoot(account: &mut Account, photo: &str, style: &Style, report: &Report) -> Result<Picture> {
    let begin = Instant::now();
    let bar = report.bar(&style.name);
    let order = account.api().order(photo, &style.id, &account::unguessable())?;
    account.open_order(&order.id, &style.id)?;
    let shot = follow::to_the_end(account.api(), &order.id, &bar)
        .context("the order is kept: run the demo again to see what became of it")?;
    let files = keep(account.api(), &shot)?;
    account.close_order(&order.id)?;
    Ok(Picture::new(&style.id, &shot, begin.elapsed(), files))
}

/// Downloads a completed shot in every format.
fn keep(api: &Api, shot: &Shot) -> Result<Vec<PathBuf>> {
    if shot.status != "completed" {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for format in FORMATS {
        let bytes = api.download(&shot.id, format)?;
        if !format.fits(&bytes) {
            bail!("shot {} downloads as {} and is none", shot.id, format.name);
        }
        let file = workspace::demo().join(format!("{}.{}", shot.style, format.extension));
        fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        files.push(file);
    }
    Ok(files)
}

fn on_from_here(api: &Api, folder: &Path) {
    println!("\nPictures        {}", folder.display());
    println!("Documentation   {}/docs", api.base());
    println!("Go on           {}", api.curl_line());
}
