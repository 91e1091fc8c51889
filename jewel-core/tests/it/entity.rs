//! Entities and their migrations, in a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod agree;
mod edit;
mod rules;
mod set;
mod statements;
mod told;
mod trip;
