//! Figures that the lexer takes for something else, or that have no such unit.

#![allow(unused)]

#[path = "given/mod.rs"]
mod given;
use given::*;

/// Times.
#[get("/v1/a", access(public), deadline = 200sm)]
async fn a() -> Result<View, Never> {
    loop {}
}

/// A number with an exponent.
#[get("/v1/b", access(public), deadline = 2e3)]
async fn b() -> Result<View, Never> {
    loop {}
}

/// Two units.
#[get("/v1/c", access(public), deadline = 5m30s)]
async fn c() -> Result<View, Never> {
    loop {}
}

/// No unit.
#[get("/v1/d", access(public), deadline = 30)]
async fn d() -> Result<View, Never> {
    loop {}
}

/// A text.
#[get("/v1/e", access(public), deadline = "30s")]
async fn e() -> Result<View, Never> {
    loop {}
}

/// Nothing.
#[get("/v1/f", access(public), slo(p95 = , available = 0x5d))]
async fn f() -> Result<View, Never> {
    loop {}
}

/// No time at all.
#[get("/v1/g", access(public), deadline = 0s, slo(available = 100))]
async fn g() -> Result<View, Never> {
    loop {}
}

/// Rates.
#[get("/v1/h", access(public), limit(30 / fortnight), limit(30), limit(0 / minute), limit(1f32 / hour))]
async fn h() -> Result<View, Never> {
    loop {}
}

/// A size.
#[put("/v1/i", access(public), body = 10mb)]
async fn i(order: Body<Order>) -> Result<View, Never> {
    loop {}
}

/// Ranges.
#[job(retry(0, 5m..2s))]
async fn j(args: Args) -> Result<(), JobError> {
    loop {}
}

/// Ranges.
#[job(retry(3, 5m), timeout = 10MB)]
async fn k(args: More) -> Result<(), JobError> {
    loop {}
}

fn main() {}
