//! Figures with their units: `200ms`, `2s..5m`, `30 / minute`, `10MiB`, `99.9`.
//!
//! The lexer takes more than is meant: `2e3` is 2000 to it, `0x5d` 93, `1f32` a float, and `5m30s`
//! is 5 with the suffix `m30s`. Only plain decimals with one known unit are read here; all else is
//! refused at its token.

use std::time::Duration;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::Error;

use super::said::{Piece, name};

/// A unit and how many of the smallest one it is.
type Unit = (&'static str, u64);

/// Units of time, in nanoseconds.
const TIME: &[Unit] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// Units of size, in bytes.
const SIZE: &[Unit] = &[
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// The windows of a rate.
const WINDOWS: &[(&str, u64)] = &[("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400)];

/// A span of time that is not zero.
pub(crate) fn duration(piece: &Piece) -> syn::Result<Duration> {
    let wrong = |why: &str| wrong(piece, &format!("{why}: write it like `200ms`, `30s` or `5m`"));
    match measure(piece, TIME) {
        Some(0) => Err(wrong("is no time at all")),
        Some(nanos) => Ok(Duration::from_nanos(nanos)),
        None => Err(wrong(&format!("is no time; the units are {}", names(TIME)))),
    }
}

/// A number of bytes that is not zero.
pub(crate) fn size(piece: &Piece) -> syn::Result<u64> {
    let wrong = |why: &str| wrong(piece, &format!("{why}: write it like `64kB` or `10MiB`"));
    match measure(piece, SIZE) {
        Some(0) => Err(wrong("is nothing")),
        Some(bytes) => Ok(bytes),
        None => Err(wrong(&format!("is no size; the units are {}", names(SIZE)))),
    }
}

/// A whole number from 1 to `most`.
pub(crate) fn count(piece: &Piece, most: u32) -> syn::Result<u32> {
    let found = number(piece).and_then(|number| number.parse::<u32>().ok());
    found
        .filter(|count| (1..=most).contains(count))
        .ok_or_else(|| wrong(piece, &format!("is no count: write a whole number from 1 to {most}")))
}

/// A percentage above 0 and below 100.
pub(crate) fn percentage(piece: &Piece) -> syn::Result<f64> {
    let found = number(piece).and_then(|number| number.parse::<f64>().ok());
    found.filter(|percent| *percent > 0.0 && *percent < 100.0).ok_or_else(|| {
        wrong(piece, "is no percentage: write a number between 0 and 100, like `99.9`")
    })
}

/// `30 / minute`: a count and its window.
pub(crate) fn rate(piece: &Piece) -> syn::Result<(u32, Duration)> {
    let Some(slash) = piece.0.iter().position(|token| is_punct(token, '/')) else {
        return Err(wrong(piece, "is no rate: write it like `30 / minute`"));
    };
    let (left, right) = (Piece(piece.0[..slash].to_vec()), Piece(piece.0[slash + 1..].to_vec()));
    if left.0.is_empty() {
        return Err(wrong(piece, "is no rate: write it like `30 / minute`"));
    }
    let count = count(&left, u32::MAX)?;
    let window = name(&right).and_then(|word| WINDOWS.iter().find(|(name, _)| word == name));
    match window {
        Some((_, seconds)) => Ok((count, Duration::from_secs(*seconds))),
        None if right.0.is_empty() => {
            Err(wrong(piece, "lacks its window: write it like `30 / minute`"))
        }
        None => Err(wrong(&right, "is no window: it is `second`, `minute`, `hour` or `day`")),
    }
}

/// `2s..5m` or `2s..=5m`: the shortest and the longest.
pub(crate) fn range(piece: &Piece) -> syn::Result<(Duration, Duration)> {
    let bad = || wrong(piece, "is no range of time: write it like `2s..5m`");
    let start = piece.0.iter().position(|token| is_punct(token, '.')).ok_or_else(bad)?;
    let mut rest = piece.0[start..].iter().peekable();
    let dots = (rest.next(), rest.next());
    let both = dots.1.is_some_and(|token| is_punct(token, '.'));
    rest.next_if(|token| is_punct(token, '='));
    let (left, right) = (Piece(piece.0[..start].to_vec()), Piece(rest.cloned().collect()));
    if !both || left.0.is_empty() || right.0.is_empty() {
        return Err(bad());
    }
    let (min, max) = (duration(&left)?, duration(&right)?);
    if min > max {
        return Err(wrong(piece, "goes backwards: write the shorter time first, like `2s..5m`"));
    }
    Ok((min, max))
}

/// A duration as an expression.
pub(crate) fn tokens(duration: Duration) -> TokenStream {
    let (secs, nanos) = (duration.as_secs(), duration.subsec_nanos());
    if nanos == 0 {
        return quote!(::core::time::Duration::from_secs(#secs));
    }
    quote!(::core::time::Duration::new(#secs, #nanos))
}

/// A figure in the smallest of its units; `None` where it is none, or no whole number of them.
fn measure(piece: &Piece, units: &[Unit]) -> Option<u64> {
    let text = literal(piece)?;
    let (number, unit) = split(&text)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    let (whole, part) = number.split_once('.').unwrap_or((&number, ""));
    let scale = 10_u128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let digits: u128 = format!("{whole}{part}").parse().ok()?;
    let scaled = digits.checked_mul(u128::from(*factor))?;
    if scaled % scale != 0 {
        return None;
    }
    u64::try_from(scaled / scale).ok()
}

/// A figure that has no unit.
fn number(piece: &Piece) -> Option<String> {
    let text = literal(piece)?;
    split(&text).filter(|(_, unit)| unit.is_empty()).map(|(number, _)| number)
}

/// A literal's number, without separators, and what follows it: `1_000ms` is `1000` and `ms`.
fn split(text: &str) -> Option<(String, &str)> {
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let plain = number.starts_with(|c: char| c.is_ascii_digit())
        && number.ends_with(|c: char| c.is_ascii_digit());
    plain.then(|| (number.replace('_', ""), unit))
}

/// The text of a piece that is one literal.
fn literal(piece: &Piece) -> Option<String> {
    match piece.0.as_slice() {
        [TokenTree::Literal(literal)] => Some(literal.to_string()),
        _ => None,
    }
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn names(units: &[Unit]) -> String {
    let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

fn wrong(piece: &Piece, why: &str) -> Error {
    let text: String = piece.0.iter().map(ToString::to_string).collect();
    Error::new_spanned(piece, format!("`{text}` {why}"))
}
