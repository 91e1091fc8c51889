//! What is proven and hidden by keys: access tokens, passwords, signatures on links, sealed data.
//!
//! Every key is derived from a [`MasterKey`] under a label, so that one secret is configured and no
//! key serves two purposes. A [`KeyRing`] holds the current master key and the former ones.

mod key;
mod link;
mod password;
mod ring;
mod seal;
mod token;

#[cfg(test)]
mod tests;

pub use key::{KeyError, MasterKey};
pub use link::{LinkError, LinkSigner};
pub use password::{hash_password, verify_password};
pub use ring::{KeyId, KeyRing};
pub use seal::{SealError, sealed_under};
pub use token::{Claims, Refused, Tokens};
