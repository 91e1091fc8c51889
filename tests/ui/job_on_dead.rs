//! What is to be done with what died, said wrong.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;
use jewel_core::job::Dead;

/// Render it.
#[job(on_dead = tell)]
async fn render(args: Args) -> Result<(), JobError> {
    loop {}
}

/// It takes what died of something else.
#[job]
async fn tell(dead: Dead<More>) -> Result<(), JobError> {
    loop {}
}

/// It takes nothing that died.
#[job(on_dead = render)]
async fn more(args: More) -> Result<(), JobError> {
    loop {}
}

/// It never ends.
#[job(on_dead = again, unique, limit(1, per = id), schedule = "0 4 * * *")]
async fn again(dead: Dead) -> Result<(), JobError> {
    loop {}
}

/// What is said wrong.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Third {}

/// It is named as a text.
#[job(on_dead = "tell", on_dead(tell))]
async fn third(args: Third) -> Result<(), JobError> {
    loop {}
}

fn main() {}
