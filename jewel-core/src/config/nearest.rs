//! The known name that is nearest to one that is not known.

/// How many edits two names may be apart, per four characters, to be worth a guess.
const APART: usize = 4;

/// The nearest of `known` to `name`, if any is near.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let ranked = known.map(|other| (distance(name, other), other));
    let (apart, other) = ranked.min()?;
    (apart <= name.len().div_ceil(APART).max(1)).then_some(other)
}

/// How many characters must be added, removed or replaced to turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
