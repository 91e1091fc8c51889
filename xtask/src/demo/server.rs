//! jewel-app's server as a child process: built, started on free ports, awaited, stopped, killed.
//!
//! All knowledge of jewel-app's flags is here and nowhere else in xtask.

use std::env;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::api::Api;
use crate::{command, workspace};

const READY_WITHIN: Duration = Duration::from_mins(3);
const STOP_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOG_LINES_SHOWN: usize = 20;

/// A running server; it is stopped when this goes.
pub(crate) struct Server {
    child: Child,
    base: String,
}

/// What jewel-app is told: the embedded defaults, and where to listen.
fn flags(api: u16, operations: u16) -> Vec<String> {
    vec![
        "serve".to_owned(),
        "--dev".to_owned(),
        format!("--set=http.listen=127.0.0.1:{api}"),
        format!("--set=http.admin_listen=127.0.0.1:{operations}"),
    ]
}

/// Builds jewel-app and says where its program is.
pub(crate) fn build(release: bool) -> Result<PathBuf> {
    let mut cargo = command::cargo(&["build", "--package", "jewel-app"]);
    if release {
        cargo.arg("--release");
    }
    command::run(cargo)?;
    let profile = if release { "release" } else { "debug" };
    let program = format!("jewel-app{}", env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join(profile).join(program))
}

impl Server {
    /// Starts it and waits until it answers.
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let (api, operations) = free_ports()?;
        fs::create_dir_all(workspace::demo()).context("cannot make .jewel/demo")?;
        let log = File::create(log()).context("cannot write the server's log")?;
        let mut command = Command::new(program);
        command.args(flags(api, operations)).current_dir(workspace::root());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn();
        let child = child.with_context(|| format!("cannot start {}", program.display()))?;
        let mut server = Self { child, base: format!("http://127.0.0.1:{api}") };
        server.await_ready()?;
        Ok(server)
    }

    /// Where it answers.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Kills it as a power cut would: no handler of its own runs.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill().context("the server cannot be killed")?;
        self.child.wait().map(drop).context("the server cannot be awaited")
    }

    /// Waits until somebody else ends it.
    pub(crate) fn wait(&mut self) -> Result<()> {
        let status = self.child.wait().context("the server cannot be awaited")?;
        if !status.success() {
            bail!("the server ended ({status}): see {}", log().display());
        }
        Ok(())
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let mut kill = Command::new("kill");
        kill.args(["-TERM", &self.child.id().to_string()]);
        command::run(kill)?;
        let begin = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begin.elapsed() > STOP_WITHIN {
                self.child.kill()?;
                bail!("the server did not stop within {} s of SIGTERM", STOP_WITHIN.as_secs());
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn await_ready(&mut self) -> Result<()> {
        let api = Api::new(&self.base);
        let begin = Instant::now();
        while !api.answers() {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended ({status}); its log ends:\n{}", log_end());
            }
            if begin.elapsed() > READY_WITHIN {
                let within = READY_WITHIN.as_secs();
                bail!("the server is not ready after {within} s; its log ends:\n{}", log_end());
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None))
            && let Err(error) = self.stop()
        {
            eprintln!("{error:#}");
        }
    }
}

/// Two ports that were free a moment ago.
fn free_ports() -> Result<(u16, u16)> {
    let bind = || TcpListener::bind("127.0.0.1:0").context("no port is free on 127.0.0.1");
    let (one, other) = (bind()?, bind()?);
    Ok((one.local_addr()?.port(), other.local_addr()?.port()))
}

fn log() -> PathBuf {
    workspace::demo().join("server.log")
}

fn log_end() -> String {
    let text = fs::read_to_string(log()).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n")
}
