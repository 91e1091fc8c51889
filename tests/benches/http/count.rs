//! Instructions per request: two runs under callgrind, of few and of many requests.

use std::process::Command;

use super::load;
use super::server::{self, Side};

/// Requests of the two runs.
const FEW: usize = 200;
const MANY: usize = 1_200;

/// Instructions of one request: what the additional ones of the longer run cost.
pub fn per_request(side: Side) -> Result<f64, String> {
    let few = run(side, FEW)?;
    let many = run(side, MANY)?;
    Ok((many - few) / (MANY - FEW) as f64)
}

/// All instructions of a server that answered `count` requests.
fn run(side: Side, count: usize) -> Result<f64, String> {
    let file = std::env::temp_dir().join(format!("callgrind.{}.{count}", std::process::id()));
    let out = format!("--callgrind-out-file={}", file.display());
    let under = ["valgrind", "--tool=callgrind", &out, "-q"];
    let mut server = server::start(side, &under).map_err(|error| {
        format!("{error}\nvalgrind is needed: `apt-get install -y valgrind` installs it")
    })?;
    load::send(server.port, count)?;
    let pid = server.pid().to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status().map_err(|e| e.to_string())?;
    if !told.success() {
        return Err("the server cannot be told to stop".to_owned());
    }
    server.wait()?;
    let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let _ = std::fs::remove_file(&file);
    let total = text.lines().find_map(|line| {
        let rest = line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: "))?;
        rest.split_whitespace().next()?.parse::<f64>().ok()
    });
    total.ok_or_else(|| "callgrind wrote no total".to_owned())
}
