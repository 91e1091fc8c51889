//! cargo-deny: brought into the kept cache at one version, and run.
//!
//! What is denied is said by `deny.toml` alone. The advisories need a database from outside, so
//! they are a command of their own and no step of ci.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{command, workspace};

const VERSION: &str = "0.20.2";
/// cargo-deny wants a URL with a domain; git is told to read the copy in its stead.
const DATABASE_URL: &str = "https://advisories.invalid/database";

/// What `cargo xtask audit --help` ends with.
pub(crate) const AUDIT_EXAMPLES: &str = "Example:
  ADVISORY_DB=/srv/advisory-db cargo xtask audit

ADVISORY_DB is a folder with a copy of a RustSec advisory database. Without it nothing is checked,
and a line says so.";

/// Checks what comes in from outside: bans, licences, sources.
pub(crate) fn check() -> Result<()> {
    let mut deny = Command::new(installed()?);
    deny.args(["--log-level=error", "check", "bans", "licenses", "sources"])
        .current_dir(workspace::root());
    command::run(deny)
}

/// Checks the dependencies against the advisories, where there are any.
pub(crate) fn audit() -> Result<()> {
    let Some(database) = env::var_os("ADVISORY_DB").map(PathBuf::from) else {
        eprintln!(
            "audit: SKIPPED, NOTHING WAS CHECKED: ADVISORY_DB is not set. Set it to a folder \
             with a copy of the RustSec advisory database."
        );
        return Ok(());
    };
    let database = fs::canonicalize(&database)
        .with_context(|| format!("ADVISORY_DB={} cannot be opened", database.display()))?;
    let scratch = workspace::cache()?.join(format!("audit-{}", std::process::id()));
    let result = audit_in(&scratch, &database);
    fs::remove_dir_all(&scratch).context("the audit's scratch folder cannot be removed")?;
    result
}

fn audit_in(scratch: &Path, database: &Path) -> Result<()> {
    let copy = scratch.join("database");
    fs::create_dir_all(&copy)?;
    snapshot(database, &copy)?;
    let config = scratch.join("deny.toml");
    let text = format!(
        "[graph]\nall-features = true\n\n[advisories]\ndb-path = \"{}\"\n\
         db-urls = [\"{DATABASE_URL}\"]\ngit-fetch-with-cli = true\n\
         maximum-db-staleness = \"P100Y\"\n",
        scratch.join("clones").display(),
    );
    fs::write(&config, text)?;
    let mut deny = Command::new(installed()?);
    deny.arg("--config").arg(&config).args(["check", "advisories"]);
    deny.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_VALUE_0", DATABASE_URL);
    deny.env("GIT_CONFIG_KEY_0", format!("url.file://{}.insteadOf", copy.display()));
    deny.current_dir(workspace::root());
    command::run(deny)
}

/// cargo-deny clones its database, so whatever was handed over becomes a repository of one commit.
fn snapshot(database: &Path, copy: &Path) -> Result<()> {
    let mut cp = Command::new("cp");
    cp.arg("-R").arg(database.join(".")).arg(copy);
    command::run(cp)?;
    match fs::remove_dir_all(copy.join(".git")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let git = |args: &[&str]| -> Result<()> {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=audit", "-c", "user.email=audit@localhost"]);
        git.args(args).current_dir(copy);
        command::read(git).map(drop)
    };
    git(&["init", "--quiet", "--initial-branch=main"])?;
    git(&["add", "--all", "--force"])?;
    git(&["commit", "--quiet", "--no-verify", "--message=copy"])
}

/// The pinned cargo-deny, installed first where it is missing or another version.
fn installed() -> Result<PathBuf> {
    let tools = workspace::cache()?.join("tools");
    let program = tools.join("bin/cargo-deny");
    if version(&program).is_some_and(|found| found == VERSION) {
        return Ok(program);
    }
    eprintln!("cargo-deny {VERSION} is brought into {} (once)", tools.display());
    let build = tools.join("build");
    let mut install = command::cargo(&["install", "--quiet", "--locked", "--force"]);
    install.args(["--version", VERSION, "--root"]).arg(&tools);
    install.arg("--target-dir").arg(&build).arg("cargo-deny");
    command::run(install)?;
    fs::remove_dir_all(&build).with_context(|| format!("cannot empty {}", build.display()))?;
    if version(&program).is_none() {
        bail!("{} does not run after its installation", program.display());
    }
    Ok(program)
}

fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().last().map(str::to_owned)
}
