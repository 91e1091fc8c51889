//! An annotated endpoint against the same endpoint written by hand in plain axum.
//!
//! Both answer over a real socket, one process each. Instructions per request are counted by
//! callgrind as the slope between two runs, so that starting up costs nothing; requests per second
//! are the median of interleaved pairs, the server on one core and the load on another.
//!
//! `cargo xtask bench http`; gate: instructions at most 1.05 times the twin's.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod count;
mod jewel;
mod load;
mod pace;
mod server;
mod twin;

use std::process::ExitCode;

use self::server::Side;

/// The most instructions that an annotation may cost, as a multiple of the twin's.
const GATE: f64 = 1.05;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["twin", port] => return twin::serve(port),
        ["serve", ..] => return jewel_core::main(jewel::app()),
        _ => {}
    }
    let json = arguments.iter().any(|argument| argument == "--json");
    match measure() {
        Ok(figures) => report(&figures, json),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What was measured.
struct Figures {
    jewel: f64,
    twin: f64,
    jewel_rps: f64,
    twin_rps: f64,
    pace: f64,
}

fn measure() -> Result<Figures, String> {
    same_answers()?;
    eprintln!("instructions per request (callgrind)");
    let jewel = count::per_request(Side::Jewel)?;
    eprintln!("  jewel {jewel:.0}");
    let twin = count::per_request(Side::Twin)?;
    eprintln!("  twin  {twin:.0}");
    let pace = pace::pairs()?;
    Ok(Figures { jewel, twin, jewel_rps: pace.jewel, twin_rps: pace.twin, pace: pace.ratio })
}

/// A comparison of two servers that do not do the same is worth nothing.
fn same_answers() -> Result<(), String> {
    let ask = |side| {
        let server = server::start(side, &[])?;
        load::probe(server.port)
    };
    let (jewel, twin) = (ask(Side::Jewel)?, ask(Side::Twin)?);
    if jewel == twin {
        return Ok(());
    }
    Err(format!("the two do not answer alike:\n{jewel:#?}\n{twin:#?}"))
}

fn report(figures: &Figures, json: bool) -> ExitCode {
    let ratio = figures.jewel / figures.twin;
    let rows = [
        ("instructions", figures.jewel),
        ("twin_instructions", figures.twin),
        ("instructions_ratio", ratio),
        ("rps", figures.jewel_rps),
        ("twin_rps", figures.twin_rps),
        ("rps_ratio", figures.pace),
    ];
    if json {
        let fields: Vec<String> = rows.iter().map(|(k, v)| format!("\"{k}\":{v:.3}")).collect();
        println!("{{{},\"pass\":{}}}", fields.join(","), ratio <= GATE);
    } else {
        let fields: Vec<String> = rows.iter().map(|(k, v)| format!("{k}={v:.3}")).collect();
        println!("result: {} gate={GATE} pass={}", fields.join(" "), ratio <= GATE);
    }
    if ratio <= GATE { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
