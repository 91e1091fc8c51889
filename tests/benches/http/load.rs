//! The load: one request, written and read again and again over connections that stay open.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::server;

/// The request as it goes over the wire.
fn request() -> Vec<u8> {
    let body = r#"{"title":"Polish the ring before Friday","stars":4}"#;
    format!(
        "POST /v1/notes HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\
         authorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n\
         {body}",
        server::token(),
        body.len()
    )
    .into_bytes()
}

/// One connection.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    fn open(port: u16) -> Result<Self, String> {
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|e| e.to_string())?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        stream.set_read_timeout(Some(Duration::from_mins(1))).map_err(|e| e.to_string())?;
        Ok(Self { stream, buffer: vec![0; 16 << 10] })
    }

    /// Sends the request and reads the whole answer, which must be a 201.
    fn ask(&mut self, request: &[u8]) -> Result<String, String> {
        self.stream.write_all(request).map_err(|e| e.to_string())?;
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).map_err(|e| e.to_string())?;
            if read == 0 {
                return Err("the server closed the connection".to_owned());
            }
            filled += read;
            let text = String::from_utf8_lossy(&self.buffer[..filled]);
            if whole(&text) {
                if !text.starts_with("HTTP/1.1 201") {
                    return Err(format!("not a 201: {text}"));
                }
                return Ok(text.into_owned());
            }
        }
    }
}

/// Whether the head and as many bytes as it announces are there.
fn whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse::<usize>().ok()).is_some_and(|n| body.len() >= n)
}

/// Sends `count` requests over one connection.
pub fn send(port: u16, count: usize) -> Result<(), String> {
    let (mut line, request) = (Line::open(port)?, request());
    (0..count).try_for_each(|_| line.ask(&request).map(drop))
}

/// Requests per second over `lines` connections for `time`.
pub fn rate(port: u16, lines: usize, time: Duration) -> Result<f64, String> {
    let request = request();
    let begun = Instant::now();
    let workers: Vec<_> = (0..lines)
        .map(|_| {
            let request = request.clone();
            thread::spawn(move || {
                let mut line = Line::open(port)?;
                let mut count = 0_u32;
                while begun.elapsed() < time {
                    line.ask(&request)?;
                    count += 1;
                }
                Ok::<u32, String>(count)
            })
        })
        .collect();
    let mut total = 0.0;
    for worker in workers {
        total += f64::from(worker.join().map_err(|_| "a worker panicked".to_owned())??);
    }
    Ok(total / begun.elapsed().as_secs_f64())
}

/// What an answer says beside ids and times, to compare two servers.
pub fn probe(port: u16) -> Result<BTreeMap<String, String>, String> {
    let text = Line::open(port)?.ask(&request())?;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut said: BTreeMap<String, String> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for changing in ["x-request-id", "traceparent", "date"] {
        if let Some(value) = said.get_mut(changing) {
            "present".clone_into(value);
        }
    }
    said.insert("body".to_owned(), body.to_owned());
    Ok(said)
}
