//! A text that a regular expression matches: the shortest, of the plainest characters.
//!
//! It takes the first branch of each alternative and knows no look-around; where it cannot, it says
//! so, and the schema's author gives an example instead.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The most repetitions of one part, and so the bound on the text's length per part.
const REPEATED: u32 = 512;

/// The characters that an example prefers, in order.
const PLAIN: [char; 6] = ['a', 'A', '0', '1', 'x', '-'];

/// A text of at least `min` characters that `pattern` matches; none where none is found.
pub(super) fn matching(pattern: &str, min: usize) -> Option<String> {
    let parsed = regex_syntax::parse(pattern).ok()?;
    let shortest = grown(&parsed, 0)?;
    if shortest.chars().count() >= min {
        return Some(shortest);
    }
    let missing = u32::try_from(min - shortest.chars().count()).ok()?;
    grown(&parsed, missing).filter(|text| text.chars().count() >= min)
}

/// A match in which each repetition is taken `more` times beyond its minimum, where it may.
fn grown(part: &Hir, more: u32) -> Option<String> {
    Some(match part.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok()?,
        HirKind::Class(class) => String::from(character(class)?),
        HirKind::Capture(capture) => grown(&capture.sub, more)?,
        HirKind::Alternation(branches) => grown(branches.first()?, more)?,
        HirKind::Concat(parts) => {
            parts.iter().map(|part| grown(part, more)).collect::<Option<String>>()?
        }
        HirKind::Repetition(repeated) => {
            let most = repeated.max.unwrap_or(REPEATED).min(REPEATED);
            let times = repeated.min.saturating_add(more).min(most);
            // More of the whole is more of this part, not of the parts within it too.
            grown(&repeated.sub, 0)?.repeat(times as usize)
        }
    })
}

/// A plain character of a class.
fn character(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|r| (r.start(), r.end())).collect(),
        Class::Bytes(class) => {
            class.iter().map(|r| (char::from(r.start()), char::from(r.end()))).collect()
        }
    };
    let within = |wanted: &char| ranges.iter().any(|(from, to)| (*from..=*to).contains(wanted));
    let plain = PLAIN.into_iter().find(within);
    let printable = ranges.iter().map(|(from, _)| *from).find(char::is_ascii_graphic);
    plain.or(printable).or_else(|| ranges.first().map(|(from, _)| *from))
}
