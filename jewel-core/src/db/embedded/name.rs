//! Names of the databases that tests use. Pure: whoever creates and drops them does so elsewhere.
//!
//! A template holds the migrated schema and is named by what it was made of. A copy of it belongs
//! to one test; its name tells which process made it, so that a later run can drop what was left
//! over.

use super::digest;

/// The prefix of every template.
pub(crate) const TEMPLATE: &str = "jewel_template_";

/// The prefix of every copy.
pub(crate) const COPY: &str = "jewel_test_";

/// The name of the template made of `fingerprint` (all migrations, concatenated or hashed): the
/// prefix and 16 hexadecimal digits.
pub(crate) fn template(fingerprint: &[u8]) -> String {
    format!("{TEMPLATE}{}", digest::short(fingerprint))
}

/// The name of the `number`th copy that the process with id `process` makes of the template: below
/// the 63 bytes of an identifier.
pub(crate) fn copy(fingerprint: &[u8], process: u32, number: u64) -> String {
    format!("{COPY}{}_{process}_{number}", digest::short(fingerprint))
}

/// The id of the process that made the copy, if `name` is one of [`copy`]'s.
pub(crate) fn copy_owner(name: &str) -> Option<u32> {
    let mut parts = name.strip_prefix(COPY)?.split('_');
    let (digest, process, number) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = digest.len() == 16 && number.parse::<u64>().is_ok() && parts.next().is_none();
    whole.then(|| process.parse().ok()).flatten()
}
