//! Problems that do not say what callers are told, or say it wrong.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

#[derive(Debug, thiserror::Error, Problem)]
enum Wrong {
    #[error("nothing is said")]
    Silent,
    #[error("no error's status")]
    #[problem(200, "fine")]
    Fine,
    #[error("not in snake case")]
    #[problem(404, "NotFound")]
    Case,
    #[error("first")]
    #[problem(404, "gone")]
    First,
    #[error("the same again")]
    #[problem(410, "gone")]
    Again,
    #[error("two fields")]
    #[problem(flatten)]
    Two(#[source] std::fmt::Error, u8),
    #[error("no field")]
    #[problem(internal)]
    None,
    #[error("no such word")]
    #[problem(hidden)]
    Word,
    #[error("a field's code")]
    #[problem(409, "odd")]
    Field {
        #[problem(rename = "b")]
        a: u8,
    },
    #[error("a member that every problem has")]
    #[problem(409, "hidden_behind")]
    Reserved { status: u8 },
}

#[derive(Debug, thiserror::Error, Problem)]
#[error("a struct")]
struct Single;

fn main() {}
