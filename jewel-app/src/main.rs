//! Jewelshot's server and its tools: `jewel-app help` lists them.

use std::process::ExitCode;

fn main() -> ExitCode {
    jewel_core::main(jewel_app::app())
}
