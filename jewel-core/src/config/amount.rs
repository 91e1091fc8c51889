//! A whole number and its unit, as one text: what spans and sizes share.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};

/// Units by name, each with how many of the smallest one it is, the smallest first.
pub(super) type Units = [(&'static str, u64)];

/// A text that is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is wrong: {expected}")]
pub struct AmountError {
    text: String,
    expected: String,
}

/// The amount in the smallest unit.
pub(super) fn parse(text: &str, units: &Units, example: &str) -> Result<u64, AmountError> {
    let wrong = |expected: &str| AmountError {
        text: text.to_owned(),
        expected: format!("{expected}, as in `{example}`"),
    };
    let trimmed = text.trim();
    let digits = trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(digits);
    if number.is_empty() {
        return Err(wrong("expected a whole number and a unit"));
    }
    let unit = unit.trim_start();
    let factor = units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    let Some(factor) = factor else {
        let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
        return Err(wrong(&format!("expected one of the units {} after it", names.join(", "))));
    };
    let number = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    number.ok_or_else(|| wrong("that is too much"))
}

/// Writes an amount in the largest of `units` that leaves no remainder.
pub(super) fn write(amount: u64, units: &Units, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let fitting = |(_, factor): &&(&str, u64)| amount.is_multiple_of(*factor) && amount >= *factor;
    match units.iter().filter(fitting).max_by_key(|(_, factor)| *factor) {
        Some((name, factor)) => write!(f, "{}{name}", amount / factor),
        None => write!(f, "{amount}{}", units.first().map_or("", |(name, _)| name)),
    }
}

/// Reads an amount from its text; `expecting` says what else is wrong.
pub(super) fn deserialize<'de, D, T>(
    deserializer: D,
    expecting: &'static str,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = AmountError>,
{
    deserializer.deserialize_str(Text(expecting))?.parse().map_err(Error::custom)
}

/// Takes a text, and says what it stands for where it is none.
struct Text(&'static str);

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}
