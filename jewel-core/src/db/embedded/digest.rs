//! Hashes as text: short ones that stand for a path or a text in a name, and all digits of long
//! ones.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The first 64 bits of the SHA-256 of `bytes`, as 16 hexadecimal digits.
pub(super) fn short(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}

/// Two lower-case hexadecimal digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
