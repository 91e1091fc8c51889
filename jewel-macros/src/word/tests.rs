//! Figures as they are written, and what each is read as; above all what the lexer would misread.

use std::fmt::Debug;
use std::time::Duration;

use super::said::{Piece, Said, pieces};
use super::unit;
use proc_macro2::TokenStream;

/// One piece, as the lexer gives it.
fn piece(text: &str) -> Piece {
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    Piece(tokens.into_iter().collect())
}

/// Reads each text; `None` stands for a refusal.
fn check<T: PartialEq + Debug>(
    read: impl Fn(&Piece) -> syn::Result<T>,
    cases: impl IntoIterator<Item = (&'static str, Option<T>)>,
) {
    for (text, wanted) in cases {
        assert_eq!(read(&piece(text)).ok(), wanted, "{text}");
    }
}

#[test]
fn times() {
    let ms = |ms| Some(Duration::from_millis(ms));
    let cases = [
        ("200ms", ms(200)),
        ("1_000ms", ms(1_000)),
        ("1.5s", ms(1_500)),
        ("0.5h", ms(1_800_000)),
        ("3m", ms(180_000)),
        ("730d", ms(730 * 86_400_000)),
        ("5µs", Some(Duration::from_micros(5))),
        ("5us", Some(Duration::from_micros(5))),
        ("1ns", Some(Duration::from_nanos(1))),
        ("0s", None),
        ("30", None),
        ("1.5", None),
        ("0.5ns", None),
        ("200sm", None),
        ("5m30s", None),
        ("5M", None),
        ("2e3", None),
        ("2e3s", None),
        ("0x5d", None),
        ("0x5", None),
        ("1f32", None),
        ("1_ms", None),
        ("3u8", None),
        ("-5s", None),
        ("5 s", None),
        ("\"5s\"", None),
        ("'s'", None),
        ("seconds", None),
        ("99999999999999999999d", None),
        ("300000d", None),
    ];
    check(unit::duration, cases);
}

#[test]
fn sizes() {
    let cases = [
        ("512B", Some(512)),
        ("10kB", Some(10_000)),
        ("10MiB", Some(10 << 20)),
        ("1.5KiB", Some(1_536)),
        ("1GB", Some(1_000_000_000)),
        ("0B", None),
        ("10", None),
        ("10mb", None),
        ("10MB5", None),
        ("0.3B", None),
        ("0b1", None),
        ("99999999999GiB", None),
    ];
    check(unit::size, cases);
}

#[test]
fn counts() {
    let cases = [
        ("1", Some(1)),
        ("1_000", Some(1_000)),
        ("65535", Some(65_535)),
        ("65536", None),
        ("0", None),
        ("1.0", None),
        ("1e3", None),
        ("0x10", None),
        ("0b11", None),
        ("0o7", None),
        ("3u8", None),
        ("1f32", None),
        ("4294967296", None),
        ("30s", None),
        ("-1", None),
        ("ten", None),
    ];
    check(|piece| unit::count(piece, 65_535), cases);
}

#[test]
fn percentages() {
    let cases = [
        ("99.9", Some(99.9)),
        ("99", Some(99.0)),
        ("0.5", Some(0.5)),
        ("100", None),
        ("0", None),
        ("0.0", None),
        ("1e1", None),
        ("99.9f64", None),
        ("0x5d", None),
        ("99.9 %", None),
        ("-1", None),
    ];
    check(unit::percentage, cases);
}

#[test]
fn rates() {
    let rate = |count, seconds| Some((count, Duration::from_secs(seconds)));
    let cases = [
        ("30 / minute", rate(30, 60)),
        ("30/minute", rate(30, 60)),
        ("1 / second", rate(1, 1)),
        ("1_000 / hour", rate(1_000, 3_600)),
        ("5 / day", rate(5, 86_400)),
        ("30", None),
        ("30 /", None),
        ("/ minute", None),
        ("0 / minute", None),
        ("30 / fortnight", None),
        ("30 / 60s", None),
        ("30s / minute", None),
        ("30 / minute / hour", None),
        ("30 % minute", None),
    ];
    check(unit::rate, cases);
}

#[test]
fn ranges() {
    let range = |min, max| Some((Duration::from_secs(min), Duration::from_secs(max)));
    let cases = [
        ("2s..5m", range(2, 300)),
        ("2s..=5m", range(2, 300)),
        ("2s .. 5m", range(2, 300)),
        ("2s..2s", range(2, 2)),
        ("5m..2s", None),
        ("2s..", None),
        ("..5m", None),
        ("..", None),
        ("2s", None),
        ("2..5m", None),
        ("2s..5", None),
        ("2s.5m", None),
        ("2s..5m..6m", None),
        ("2s...5m", None),
    ];
    check(unit::range, cases);
}

#[test]
fn an_entry_is_a_word_with_or_without_more() {
    let cases = [
        ("idempotent", true),
        ("limit(30 / minute)", true),
        ("deadline = 30s", true),
        ("deadline =", true),
        ("access(public) idempotent", false),
        ("limit[30]", false),
        ("jewel::limit", false),
        ("3", false),
        ("\"text\"", false),
    ];
    for (text, right) in cases {
        assert_eq!(Said::of(piece(text)).is_ok(), right, "{text}");
    }
}

#[test]
fn commas_in_brackets_do_not_cut() {
    let tokens: TokenStream = "a, b(c, d), , e = [f, g],".parse().unwrap_or_default();
    let texts: Vec<String> =
        pieces(tokens).iter().map(|piece| quote::quote!(#piece).to_string()).collect();
    assert_eq!(texts, ["a", "b (c , d)", "e = [f , g]"]);
}
