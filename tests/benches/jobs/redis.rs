//! A Redis for the peer that wants one: in memory only, on a unix socket in a folder of its own.

use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::lab::Result;

const INSTALL: [&str; 4] = ["apt-get", "install", "-y", "redis-server"];
const BOUND: Duration = Duration::from_secs(10);

/// A server that ends with this value.
pub struct Redis {
    child: Child,
    folder: TempDir,
}

impl Redis {
    pub fn start() -> Result<Self> {
        if !there() {
            install()?;
        }
        let folder = tempfile::tempdir()?;
        let mut redis = Command::new("redis-server");
        redis.args(["--port", "0", "--unixsocket", "redis.sock", "--maxmemory-policy"]);
        redis.args(["noeviction", "--appendonly", "no", "--save", ""]).current_dir(folder.path());
        let child = redis.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let redis = Self { child, folder };
        let begun = Instant::now();
        while UnixStream::connect(redis.socket()).is_err() {
            if begun.elapsed() > BOUND {
                return Err("redis-server is not ready".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(redis)
    }

    /// What a client connects to.
    pub fn socket(&self) -> String {
        self.folder.path().join("redis.sock").display().to_string()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn there() -> bool {
    let asked = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// Root installs it, anybody else is told how.
fn install() -> Result<()> {
    let user = Command::new("id").arg("-u").output()?;
    let line = INSTALL.join(" ");
    if user.stdout.trim_ascii() != b"0" {
        return Err(format!("redis-server is needed: `{line}` installs it").into());
    }
    eprintln!("{line}");
    let mut apt = Command::new(INSTALL[0]);
    apt.args(&INSTALL[1..]).stdin(Stdio::null()).stdout(Stdio::null());
    if apt.status()?.success() { Ok(()) } else { Err(format!("`{line}` failed").into()) }
}
