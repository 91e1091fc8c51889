//! Decisions about photos, pure.

use jewel_core::blob::{Key, KeyError};
use jewel_core::{Account, Column, Id, output};

use super::entity::Photo;

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 120;

/// What a photo's file is, by its content.
#[output]
#[derive(Copy, PartialEq, Eq, Column)]
pub enum PhotoFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

/// Whether a file can be a photo at all, by its first twelve bytes.
pub(super) fn may_be_photo(head: &[u8]) -> bool {
    let webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    webp || head.starts_with(b"\xff\xd8\xff") || head.starts_with(b"\x89PNG\r\n\x1a\n")
}

/// Where a photo's bytes are kept.
pub(super) fn object(account: Id<Account>, photo: Id<Photo>) -> Result<Key, KeyError> {
    Key::new(format!("photos/{account}/{photo}"))
}

/// A file's name as it is kept: without folders and without characters that nobody can see.
pub(super) fn name(given: Option<&str>) -> String {
    let last = given.unwrap_or("").rsplit(['/', '\\']).next().unwrap_or("");
    let seen: String = last.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    let seen = seen.trim();
    if seen.is_empty() { "photo".to_owned() } else { seen.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{may_be_photo, name};

    #[test]
    fn names_have_no_folders_and_nothing_invisible() {
        let check = |given, kept: &str| assert_eq!(name(given), kept);
        check(Some("ring.jpg"), "ring.jpg");
        check(Some("C:\\photos\\ring.jpg"), "ring.jpg");
        check(Some("../../etc/passwd"), "passwd");
        check(Some("a\0\nb"), "ab");
        check(Some("shots/"), "photo");
        check(None, "photo");
        assert_eq!(name(Some(&"é".repeat(500))).chars().count(), 120);
    }

    #[test]
    fn a_text_is_no_photo() {
        assert!(may_be_photo(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"));
        assert!(may_be_photo(b"RIFF\x10\0\0\0WEBPVP8 "));
        assert!(!may_be_photo(b"RIFF\x10\0\0\0WAVEfmt "));
        assert!(!may_be_photo(b"just a text."));
        assert!(!may_be_photo(b""));
    }
}
