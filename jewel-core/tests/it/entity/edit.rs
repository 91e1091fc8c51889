//! What people do to their structs between two migrations, in any order.

use proptest::prelude::*;
use proptest::sample::select;

/// A choice among however many there are.
pub(super) type Pick = prop::sample::Index;

/// Something that somebody does to the structs between two migrations.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    AddTable,
    DropTable(Pick),
    RenameTable(Pick),
    AddColumn(Pick, Kind),
    DropColumn(Pick, Pick),
    RenameColumn(Pick, Pick),
    Retype(Pick, Pick),
    AddWord(Pick, Pick),
    RemoveWord(Pick, Pick),
    Null(Pick, Pick),
    Default(Pick, Pick),
    Tighten(Pick, Pick),
    AddCheck(Pick, Pick),
    DropCheck(Pick),
    AddIndex(Pick, Pick, Shape),
    ChangeIndex(Pick, Pick),
    DropIndex(Pick, Pick),
    AddUnique(Pick, Pick),
    DropUnique(Pick),
    AddReference(Pick, Pick, bool),
    DropReference(Pick, Pick),
    Owner(Pick),
    May(Pick),
    Fill(Pick),
}

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    Word,
    Number,
    Flag,
    Time,
    Json,
    Doubled,
}

/// What an index is made of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Plain,
    Down,
    Expression,
    Partial,
    Covering,
    Unique,
}

fn edit() -> impl Strategy<Value = Edit> {
    let one = any::<Pick>;
    let two = || (any::<Pick>(), any::<Pick>());
    let kinds = vec![
        Kind::Text,
        Kind::Word,
        Kind::Number,
        Kind::Flag,
        Kind::Time,
        Kind::Json,
        Kind::Doubled,
    ];
    let shapes = vec![
        Shape::Plain,
        Shape::Down,
        Shape::Expression,
        Shape::Partial,
        Shape::Covering,
        Shape::Unique,
    ];
    prop_oneof![
        3 => Just(Edit::AddTable),
        1 => one().prop_map(Edit::DropTable),
        2 => one().prop_map(Edit::RenameTable),
        8 => (one(), select(kinds)).prop_map(|(t, kind)| Edit::AddColumn(t, kind)),
        2 => two().prop_map(|(t, c)| Edit::DropColumn(t, c)),
        3 => two().prop_map(|(t, c)| Edit::RenameColumn(t, c)),
        2 => two().prop_map(|(t, c)| Edit::Retype(t, c)),
        2 => two().prop_map(|(t, c)| Edit::AddWord(t, c)),
        2 => two().prop_map(|(t, c)| Edit::RemoveWord(t, c)),
        4 => two().prop_map(|(t, c)| Edit::Null(t, c)),
        2 => two().prop_map(|(t, c)| Edit::Default(t, c)),
        2 => two().prop_map(|(t, c)| Edit::Tighten(t, c)),
        2 => two().prop_map(|(t, c)| Edit::AddCheck(t, c)),
        1 => one().prop_map(Edit::DropCheck),
        4 => (one(), one(), select(shapes)).prop_map(|(t, c, s)| Edit::AddIndex(t, c, s)),
        2 => two().prop_map(|(t, i)| Edit::ChangeIndex(t, i)),
        1 => two().prop_map(|(t, i)| Edit::DropIndex(t, i)),
        2 => two().prop_map(|(t, c)| Edit::AddUnique(t, c)),
        1 => one().prop_map(Edit::DropUnique),
        3 => (one(), one(), any::<bool>()).prop_map(|(t, to, own)| Edit::AddReference(t, to, own)),
        1 => two().prop_map(|(t, c)| Edit::DropReference(t, c)),
        1 => one().prop_map(Edit::Owner),
        1 => one().prop_map(Edit::May),
        1 => one().prop_map(Edit::Fill),
    ]
}

/// Three sets of entities, by what was done from one to the next.
pub(super) fn histories() -> impl Strategy<Value = [Vec<Edit>; 3]> {
    let few = |most| prop::collection::vec(edit(), 2..most);
    (few(24), few(10), few(10)).prop_map(|(a, b, c)| [a, b, c])
}
