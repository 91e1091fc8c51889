//! The application as data: what annotations declare, what types describe, and the whole of it.
//!
//! Plain values and pure functions of them. It does not know how a request is answered.

mod declared;
mod describe;
pub mod entity;
mod model;

pub use declared::{Argument, Declared, Kind, Limit, Per, Repeat, Slo, Source, Verb};
pub use describe::{Describe, SCHEMAS, State};
pub use model::{
    Answer, Contact, Content, FORMAT, Header, Job, JobLimits, JobRate, Manifest, Module, Operation,
    Parameter, Place, Problem, Schedule, Unique,
};
pub use model::{Limit as LimitEntry, Slo as SloEntry};
