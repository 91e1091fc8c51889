//! Does a pattern mean the same to Rust, to ECMAScript and to PostgreSQL? Each has classes and
//! signs of its own; what all three read alike is asked here.

use regex_syntax::ast::{
    AssertionKind, Ast, ClassSet, ClassSetItem, GroupKind, LiteralKind, RepetitionKind,
    RepetitionRange, parse::Parser,
};

/// The most repetitions that PostgreSQL counts.
const MOST: u32 = 255;

/// What of a pattern the three do not read alike, if anything.
pub(super) fn stranger(pattern: &str) -> Option<String> {
    match Parser::new().parse(pattern) {
        Ok(ast) => look(&ast),
        Err(error) => Some(error.kind().to_string()),
    }
}

fn look(ast: &Ast) -> Option<String> {
    let part = |what: &str| {
        let span = ast.span();
        Some(format!("{what} (at {})", span.start.column))
    };
    match ast {
        Ast::Empty(_) => None,
        Ast::Literal(literal) => match literal.kind {
            LiteralKind::Verbatim | LiteralKind::Meta => None,
            _ => part("a character by its number or an escape"),
        },
        Ast::Assertion(assertion) => match assertion.kind {
            AssertionKind::StartLine | AssertionKind::EndLine => None,
            _ => part("a boundary other than `^` and `$`"),
        },
        Ast::ClassBracketed(class) if class.negated => part("a class of what is not meant"),
        Ast::ClassBracketed(class) => match &class.kind {
            ClassSet::Item(item) => item_of(item).and_then(part),
            ClassSet::BinaryOp(_) => part("a class made of two"),
        },
        Ast::Repetition(repetition) => {
            let counted = match &repetition.op.kind {
                RepetitionKind::Range(
                    RepetitionRange::Exactly(most)
                    | RepetitionRange::Bounded(_, most)
                    | RepetitionRange::AtLeast(most),
                ) => *most,
                _ => 0,
            };
            match (repetition.greedy, counted > MOST) {
                (false, _) => part("a repetition that takes little"),
                (true, true) => part("more than 255 repetitions"),
                (true, false) => look(&repetition.ast),
            }
        }
        Ast::Group(group) => match &group.kind {
            GroupKind::CaptureIndex(_) => look(&group.ast),
            GroupKind::NonCapturing(flags) if flags.items.is_empty() => look(&group.ast),
            _ => part("a group with a name or flags"),
        },
        Ast::Alternation(all) => all.asts.iter().find_map(look),
        Ast::Concat(all) => all.asts.iter().find_map(look),
        Ast::Flags(_) => part("flags"),
        Ast::Dot(_) => part("`.`, which is more to one than to another"),
        Ast::ClassUnicode(_) | Ast::ClassPerl(_) => {
            part("a class by a letter: write it out, as `[0-9]`")
        }
    }
}

/// What a class has in it that is no plain ASCII.
fn item_of(item: &ClassSetItem) -> Option<&'static str> {
    let plain =
        |literal: &regex_syntax::ast::Literal| literal.c.is_ascii_graphic() || literal.c == ' ';
    match item {
        ClassSetItem::Empty(_) => None,
        ClassSetItem::Literal(literal) if plain(literal) => None,
        ClassSetItem::Range(range) if plain(&range.start) && plain(&range.end) => None,
        ClassSetItem::Union(union) => union.items.iter().find_map(item_of),
        _ => Some("a class of more than ASCII characters and ranges"),
    }
}

#[cfg(test)]
mod tests {
    use super::stranger;

    #[test]
    fn what_three_read_alike_is_told_from_what_they_do_not() {
        for pattern in ["^[a-z][a-z0-9-]{0,59}$", "^(a|b)?$", "ring\\.", "(?:x)+", "é", "[ -~]*"] {
            assert_eq!(stranger(pattern), None, "{pattern}");
        }
        let strange = [
            "\\d",
            ".",
            "[^a]",
            "\\bx",
            "(?i)x",
            "(?<n>x)",
            "a{256}",
            "a+?",
            "\\x41",
            "[é]",
            "[[:alpha:]]",
            "\\p{L}",
            "\\A",
            "(",
            "[a&&b]",
        ];
        for pattern in strange {
            assert!(stranger(pattern).is_some(), "{pattern}");
        }
    }
}
