//! Passwords: argon2id, with the parameters that OWASP recommends and the crate defaults to.
//!
//! Both functions take tens of milliseconds and 19 MiB: call them off the async threads.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// The hash of a password in PHC format, with a random salt.
///
/// # Errors
/// Where the system gives no randomness.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether a password belongs to a hash; without a hash it takes as long and says no, so that a
/// caller cannot tell by the time whether an account exists.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    /// The hash of a random password that nobody kept.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$VE0wR3ZLZ3BkMU1jT2dVVQ\
        $R0V9wkBVCJfkE4ZKQlHpjl4YFvTgvPkDqTmpxkNDLpk";
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY));
    let matches = parsed
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    matches && hash.is_some()
}
