//! Words of an entity that are said wrong.

#[path = "given/mod.rs"]
mod given;
use given::*;

/// A photo.
#[entity(table = photos, owner = acount, index(create_at desc), unique(), may(insert(name)))]
pub struct Photo {
    #[key]
    id: Id<Photo>,
    account: Id<Account>,
    created_at: Timestamp,
}

/// A shot.
#[entity(tabel = "shots", foreign(account, photo, to = Photo(id)), append_only, may(delete))]
pub struct Shot {
    #[key]
    id: Id<Shot>,
    account: Id<Account>,
    photo: Id<Photo>,
}

/// A mark.
#[entity]
#[derive(Debug)]
pub struct Mark {
    word: String,
}

#[entity(table = "pairs", retain = 3, fillfactor = 101, dropped(one))]
pub struct Pair {
    #[key]
    one: i64,
}

/// Not a struct.
#[entity(table = "others")]
pub enum Other {
    One,
}

fn main() {}
