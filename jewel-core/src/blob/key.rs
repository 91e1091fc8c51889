//! The name of an object: a relative path that leads nowhere else.

use std::fmt;

use object_store::path::Path;

/// The longest key, in bytes.
const MAX: usize = 512;

/// The name of an object, as `photos/0198…/original`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

/// A text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is made of names of letters, digits, `-`, `_` and `.`, separated by `/`")]
pub struct KeyError;

impl Key {
    /// A key, if the text is one.
    ///
    /// ```
    /// # use jewel_core::blob::Key;
    /// assert!(Key::new("photos/1/original.jpg").is_ok());
    /// assert!(Key::new("photos/../../etc/passwd").is_err());
    /// assert!(Key::new("/photos").is_err());
    /// ```
    ///
    /// # Errors
    /// Where it is empty, too long, or has a part that is empty, begins with a dot or holds other
    /// characters.
    pub fn new(text: impl Into<String>) -> Result<Self, KeyError> {
        let text = text.into();
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let name =
            |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
        let fits = text.len() <= MAX && text.split('/').all(name);
        if fits { Ok(Self(text)) } else { Err(KeyError) }
    }

    /// The key as a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn path(&self) -> Path {
        Path::from(self.0.as_str())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
