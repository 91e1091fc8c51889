//! Entities and their migrations, in a real PostgreSQL.

mod edit;
mod rules;
mod set;
mod trip;
