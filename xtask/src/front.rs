//! Front doors to jewel-app's generators: which file each writes, and the command that writes it.
//!
//! It generates nothing itself: a generator is a pure function of the manifest and lives in
//! jewel-core; jewel-app's binary calls it. A new generated file is one line of `GENERATED`.

use anyhow::{Context, Result};

use crate::command;

/// One committed file that a sub-command of jewel-app writes.
pub(crate) struct Generated {
    /// The sub-command, here and in jewel-app.
    pub(crate) name: &'static str,
    /// The file, from the checkout's root.
    pub(crate) out: &'static str,
}

/// Every generated file: `cargo xtask ci` checks them all.
pub(crate) const GENERATED: &[Generated] = &[
    Generated { name: "openapi", out: "jewel-app/openapi/v1.json" },
    Generated { name: "settings", out: "docs/reference/settings.md" },
];

/// How jewel-app's own binary is run.
pub(crate) const APP: [&str; 5] = ["run", "--quiet", "--package", "jewel-app", "--"];

/// What a generator's front door takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask openapi            write jewel-app/openapi/v1.json
  cargo xtask openapi --check    fail when it is not what the code says
  cargo xtask settings           write docs/reference/settings.md")]
pub(crate) struct Args {
    /// Write nothing; fail when the file is not what the code says
    #[arg(long)]
    pub(crate) check: bool,
}

/// Writes or checks the file of this name.
pub(crate) fn generate(name: &str, args: &Args) -> Result<()> {
    let entry = GENERATED.iter().find(|entry| entry.name == name);
    let entry = entry.with_context(|| format!("no generated file is named {name}"))?;
    let mut run = command::cargo(&APP);
    run.args([entry.name, "--out", entry.out]);
    if args.check {
        run.arg("--check");
    }
    command::run(run).with_context(|| {
        format!(
            "{} is not what the code says (then run `cargo xtask {name}` and commit it), or \
             jewel-app does not build",
            entry.out
        )
    })
}

/// Prints the manifest.
pub(crate) fn manifest() -> Result<()> {
    let mut run = command::cargo(&APP);
    run.arg("manifest");
    command::run(run)
}

/// The manifest's text, for those who read it.
pub(crate) fn manifest_text() -> Result<String> {
    let mut run = command::cargo(&APP);
    run.arg("manifest");
    command::read(run).context("the manifest cannot be had (`cargo xtask lint --no-manifest`)")
}
