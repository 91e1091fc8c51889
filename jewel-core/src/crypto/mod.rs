//! What is proven by keys: access tokens, passwords, signatures on links.
//!
//! Every key is derived from one [`MasterKey`] under a label, so that one secret is configured and
//! no key serves two purposes.

mod key;
mod link;
mod password;
mod token;

#[cfg(test)]
mod tests;

pub use key::{KeyError, MasterKey};
pub use link::{LinkError, LinkSigner};
pub use password::{hash_password, verify_password};
pub use token::{Claims, Refused, Tokens};
