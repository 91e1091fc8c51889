//! The peers: installed by npm at pinned versions, and run as scripts that tell one figure each.
//!
//! Nothing is written into the source tree: scripts and packages lie in cargo's target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::lab::Result;

/// The scripts, as they stand beside this file.
const FILES: [(&str, &str); 5] = [
    ("package.json", include_str!("peers/package.json")),
    ("common.mjs", include_str!("peers/common.mjs")),
    ("graphile.mjs", include_str!("peers/graphile.mjs")),
    ("pgboss.mjs", include_str!("peers/pgboss.mjs")),
    ("bullmq.mjs", include_str!("peers/bullmq.mjs")),
];

/// The oldest node that all of them run on.
const NODE: (u32, u32) = (22, 18);

/// What runs the scripts.
pub struct Peers {
    folder: PathBuf,
    node: PathBuf,
}

impl Peers {
    /// Has npm install what is not there yet.
    pub fn install(parent: &Path) -> Result<Self> {
        let folder = parent.join("peers");
        fs::create_dir_all(&folder)?;
        for (name, text) in FILES {
            fs::write(folder.join(name), text)?;
        }
        eprintln!("npm installs the peers in {}", folder.display());
        let mut npm = Command::new("npm");
        // No lock: it would name the registry that somebody happened to use.
        npm.args(["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]);
        let status = npm.current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null()).status();
        let status = status.map_err(|error| format!("npm: {error}"))?;
        if !status.success() {
            return Err(format!("npm: {status}").into());
        }
        let own = folder.join("node_modules/.bin/node");
        let node = [PathBuf::from("node"), own].into_iter().find(|node| new_enough(node));
        let node = node.ok_or_else(|| format!("node {}.{} or newer is needed", NODE.0, NODE.1))?;
        Ok(Self { folder, node })
    }

    /// One figure of a script's closing line, or several.
    pub fn run<const N: usize>(
        &self,
        peer: &str,
        words: &[&str],
        figures: [&str; N],
    ) -> Result<[f64; N]> {
        let mut node = Command::new(&self.node);
        node.arg(format!("{peer}.mjs")).args(words).current_dir(&self.folder);
        node.env("NODE_ENV", "production");
        let output = node.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let figures = said.lines().last().and_then(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            let found: Vec<f64> = figures.iter().filter_map(|name| line[name].as_f64()).collect();
            <[f64; N]>::try_from(found).ok()
        });
        figures
            .filter(|_| output.status.success())
            .ok_or_else(|| format!("{peer} {}: {}: {said}", words.join(" "), output.status).into())
    }
}

fn new_enough(node: &Path) -> bool {
    let said = Command::new(node).arg("--version").output().map(|output| output.stdout);
    let version = said.ok().and_then(|said| String::from_utf8(said).ok()).and_then(|said| {
        let mut numbers = said.trim().strip_prefix('v')?.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    });
    version.is_some_and(|version: (u32, u32)| version >= NODE)
}
