//! What identifiers of people and accounts are marked with.

/// Marks the identifier of an account: the tenant that owns rows and pays.
#[derive(Debug)]
pub enum Account {}

/// Marks the identifier of a person.
#[derive(Debug)]
pub enum User {}

/// Marks a caller of whom nothing needs to be known.
#[derive(Debug)]
pub enum Public {}
