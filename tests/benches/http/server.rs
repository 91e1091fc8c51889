//! The two servers as processes, each on a port of its own.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jewel_core::crypto::{KeyRing, MasterKey, Tokens};
use jewel_core::{Clock, Id, Secret};

/// Spans are made and one line is logged for each request, as in production.
pub const FILTER: &str = "info";

/// The key of both, which nobody else uses.
const KEY: &str = "YmVuY2htYXJrIGtleSwgb2Ygbm8gdXNlIGVsc2UgISE=";

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The annotated one.
    Jewel,
    /// The one written by hand.
    Twin,
}

/// A server that ends with this value.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Ends it and waits until it is gone.
    pub fn stop(mut self) {
        self.end();
    }

    /// The process, to signal it.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has ended by itself.
    pub fn wait(&mut self) -> Result<(), String> {
        self.child.wait().map(drop).map_err(|error| error.to_string())
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts a server, under a program such as `taskset -c 0` where one is given.
pub fn start(side: Side, under: &[&str]) -> Result<Server, String> {
    let said = |error: std::io::Error| error.to_string();
    let own = std::env::current_exe().map_err(said)?;
    let port = free()?;
    let mut command = match under {
        [] => Command::new(own),
        [program, rest @ ..] => {
            let mut command = Command::new(program);
            command.args(rest).arg(own);
            command
        }
    };
    match side {
        Side::Twin => command.args(["twin", &port.to_string()]),
        Side::Jewel => command.args(["serve", "--dev"]).args(settings(port)),
    };
    command.env_clear().env("PATH", std::env::var("PATH").unwrap_or_default());
    let folder = std::env::temp_dir();
    command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    let child = command.spawn().map_err(|error| format!("{}: {error}", under.join(" ")))?;
    let mut server = Server { child, port };
    ready(&mut server)?;
    Ok(server)
}

fn settings(port: u16) -> Vec<String> {
    let set = [
        format!("http.listen=127.0.0.1:{port}"),
        "http.admin_listen=127.0.0.1:0".to_owned(),
        "http.limit_per_ip=0".to_owned(),
        format!("auth.key={KEY}"),
        format!("log.filter={FILTER}"),
    ];
    set.into_iter().flat_map(|setting| ["--set".to_owned(), setting]).collect()
}

fn free() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    Ok(listener.local_addr().map_err(|error| error.to_string())?.port())
}

fn ready(server: &mut Server) -> Result<(), String> {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", server.port)).is_err() {
        if server.child.try_wait().ok().flatten().is_some() {
            return Err("the server ended before it was ready".to_owned());
        }
        if begun.elapsed() > Duration::from_mins(1) {
            return Err("the server is not ready after a minute".to_owned());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The key of both servers.
pub fn key() -> MasterKey {
    MasterKey::parse(&Secret::new(KEY)).unwrap()
}

/// An access token that both take, good for a day.
pub fn token() -> String {
    let life = Duration::from_hours(24);
    let tokens = Tokens::new(&KeyRing::from(key()), life, Clock::default());
    tokens.issue(Id::new(), Id::new()).unwrap().0
}
