//! The database: a pool, transactions in a caller's name, migrations, and a private server where
//! none is configured.
//!
//! Two roles from the first migration on: the owner migrates, and the role under which the
//! application works owns nothing and cannot pass row-level security.

mod embedded;
mod error;
mod executor;
mod migrate;
mod pool;
mod settings;
mod tx;

#[cfg(feature = "testing")]
pub(crate) use embedded::name;
pub use embedded::{Cluster, Embedded, Error as EmbeddedError};
pub use error::Error;
pub use migrate::{FRAMEWORK, Known, create, migrate, migrations, owner, undo, undoable};
pub use pool::{Db, Standing};
pub use settings::Settings;
pub use tx::Tx;
