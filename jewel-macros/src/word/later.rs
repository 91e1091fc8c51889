//! Words that are foreseen and not built: each parses, is refused by name, and reaches no manifest.
//!
//! A word that is built moves from here to a file of its own.

use super::access::Access;
use super::{Read, Word, endpoint, entity};

/// An audit row, committed with the effect.
pub(crate) const AUDIT: Word<endpoint::Words> =
    Word { name: "audit", form: "audit = \"shot.ordered\"", read: Read::Later };

/// Answers kept, and for how long.
pub(crate) const CACHE: Word<endpoint::Words> =
    Word { name: "cache", form: "cache(30s)", read: Read::Later };

/// An endpoint that will go.
pub(crate) const DEPRECATED: Word<endpoint::Words> =
    Word { name: "deprecated", form: "deprecated(sunset = \"2030-01-31\")", read: Read::Later };

/// A permission beside the kind of caller.
pub(crate) const CAN: Word<Option<Access>> =
    Word { name: "can", form: "can = Shots::Create", read: Read::Later };

/// Another program.
pub(crate) const SERVICE: Word<Option<Access>> =
    Word { name: "service", form: "access(service)", read: Read::Later };

/// A person who runs the application.
pub(crate) const ADMIN: Word<Option<Access>> =
    Word { name: "admin", form: "access(admin)", read: Read::Later };

/// How long a row is kept.
pub(crate) const RETAIN: Word<entity::Words> =
    Word { name: "retain", form: "retain = 730d", read: Read::Later };

/// A table in parts, by time.
pub(crate) const PARTITION: Word<entity::Words> =
    Word { name: "partition", form: "partition(by = month)", read: Read::Later };
