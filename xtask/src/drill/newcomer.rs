//! An ordinary user with a toolchain and a clean clone, made for a drill and removed after it.
//!
//! Root's own folders keep their modes: what the user needs is linked or copied to a folder of
//! the user's. Everything made is remembered, so that only that is removed.

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{command, workspace};

/// Folders of the drill in the user's home.
const TOOLCHAIN: &str = "drill-toolchain";
const CARGO_HOME: &str = "drill-cargo";
const CLONE: &str = "drill-clone";
/// Where a clone keeps its clusters: the application's, the tests', the drills'.
const SERVED: [&str; 3] = [".jewel", "target/jewel-tests", "target/tmp"];
/// What cargo has downloaded; sources are unpacked anew.
const DOWNLOADS: [&str; 2] = ["registry/cache", "registry/index"];
const STOP_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const SYSTEM_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The user and what was made for it.
pub(super) struct Newcomer {
    name: String,
    uid: u32,
    gid: u32,
    home: PathBuf,
    is_new: bool,
}

impl Newcomer {
    /// Makes the user where there is none, and hands it what it needs.
    pub(super) fn make(name: &str) -> Result<Self> {
        let is_new = command::read(plain("id", &["-u", name])).is_err();
        if is_new {
            command::run(plain("useradd", &["--create-home", "--shell", "/bin/sh", name]))?;
        }
        let number = |flag| -> Result<u32> {
            let text = command::read(plain("id", &[flag, name]))?;
            text.trim().parse().with_context(|| format!("`id {flag} {name}` is no number"))
        };
        let (uid, gid) = (number("-u")?, number("-g")?);
        if uid == 0 {
            bail!("`{name}` is root: name an ordinary user");
        }
        let entry = command::read(plain("getent", &["passwd", name]))?;
        let home = entry.split(':').nth(5).context("the user has no home")?;
        let newcomer = Self { name: name.to_owned(), uid, gid, home: PathBuf::from(home), is_new };
        newcomer.clear()?;
        newcomer.hand_toolchain()?;
        newcomer.hand_downloads()?;
        newcomer.hand_clone()?;
        Ok(newcomer)
    }

    /// The user's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Where the clone is.
    pub(super) fn clone_folder(&self) -> PathBuf {
        self.home.join(CLONE)
    }

    /// Cargo as the user would start it: in the clone, with nothing configured.
    pub(super) fn cargo(&self) -> Command {
        let programs = self.home.join(TOOLCHAIN).join("bin");
        let mut cargo = Command::new(programs.join("cargo"));
        cargo.uid(self.uid).gid(self.gid).current_dir(self.clone_folder()).env_clear();
        cargo.env("HOME", &self.home).env("USER", &self.name).env("LANG", "C.UTF-8");
        cargo.env("PATH", format!("{}:{SYSTEM_PATH}", programs.display()));
        cargo.env("CARGO_HOME", self.home.join(CARGO_HOME)).stdin(Stdio::null());
        cargo
    }

    /// Stops what the clone left running and removes what was made.
    pub(super) fn remove(&self) -> Result<()> {
        self.stop_databases()?;
        self.clear()?;
        if self.is_new {
            command::run(plain("userdel", &["--force", "--remove", &self.name]))?;
        }
        Ok(())
    }

    fn clear(&self) -> Result<()> {
        for folder in [TOOLCHAIN, CARGO_HOME, CLONE] {
            let folder = self.home.join(folder);
            match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("{}", folder.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Hard links to the files of our toolchain: root's, readable to all, at no cost.
    fn hand_toolchain(&self) -> Result<()> {
        let sysroot = command::read(plain("rustc", &["--print", "sysroot"]))?;
        let to = self.home.join(TOOLCHAIN);
        let copy = |flags: &str| {
            let mut cp = plain("cp", &[flags]);
            cp.arg(format!("{}/.", sysroot.trim())).arg(&to).stderr(Stdio::null());
            command::run(cp)
        };
        copy("-al").or_else(|_| {
            fs::remove_dir_all(&to).ok();
            copy("-a")
        })
    }

    fn hand_downloads(&self) -> Result<()> {
        let home = env::var_os("HOME").context("HOME is not set")?;
        let ours = PathBuf::from(home).join(".cargo");
        let ours = env::var_os("CARGO_HOME").map_or(ours, PathBuf::from);
        let theirs = self.home.join(CARGO_HOME);
        for folder in DOWNLOADS {
            let (from, to) = (ours.join(folder), theirs.join(folder));
            fs::create_dir_all(&to)?;
            if from.exists() {
                command::run(plain_paths("cp", &["-R"], &[&from.join("."), &to]))?;
            }
        }
        if ours.join("config.toml").exists() {
            fs::copy(ours.join("config.toml"), theirs.join("config.toml"))?;
        }
        self.own(&theirs)
    }

    fn hand_clone(&self) -> Result<()> {
        let to = self.clone_folder();
        let from = format!("file://{}", workspace::root().display());
        let mut git = plain("git", &["clone", "--quiet", &from]);
        git.arg(&to);
        command::run(git)?;
        self.own(&to)
    }

    fn own(&self, folder: &Path) -> Result<()> {
        let owner = format!("{}:{}", self.uid, self.gid);
        command::run(plain_paths("chown", &["-R", &owner], &[folder]))
    }

    /// Every database server that the clone started, by the pid its own cluster folder names.
    fn stop_databases(&self) -> Result<()> {
        let clone = self.clone_folder();
        let mut folders: Vec<_> = SERVED.iter().map(|folder| clone.join(folder)).collect();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry?.path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else if path.ends_with("postmaster.pid") {
                    stop_database(&path)?;
                }
            }
        }
        Ok(())
    }
}

/// Asks the server that owns this file to end at once; the file goes when it has.
fn stop_database(file: &Path) -> Result<()> {
    let text = fs::read_to_string(file)?;
    let pid = text.lines().next().unwrap_or_default().trim();
    let mut kill = plain("kill", &["-INT", pid]);
    if !kill.stderr(Stdio::null()).status()?.success() {
        return Ok(());
    }
    let begin = Instant::now();
    while file.exists() && begin.elapsed() < STOP_WITHIN {
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

fn plain(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args);
    command
}

fn plain_paths(program: &str, args: &[&str], paths: &[&Path]) -> Command {
    let mut command = plain(program, args);
    command.args(paths);
    command
}
