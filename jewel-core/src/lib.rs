//! jewel: one annotation on a handler, job or entity yields what a production backend needs around
//! it.
//!
//! Modules stand in rank order: each imports only what stands before it.
//!
//! ```text
//! vocabulary   clock secret trace page id tenant state     pure: no I/O, no async
//! declaration  manifest problem generate                   plain data and pure functions of it
//! process      config crypto observe                       config knows no feature
//! stores       blob db entity
//! powers       guard
//! flows        job http live
//! assembly     app testing
//! ```

// The macros write `::jewel_core::..`, in this crate's own tests and examples too.
extern crate self as jewel_core;

pub mod clock;
pub mod id;
pub mod page;
pub mod secret;
pub mod state;
pub mod tenant;
pub mod trace;

pub mod generate;
pub mod manifest;
pub mod problem;

pub mod config;
pub mod crypto;
pub mod observe;

pub mod blob;
pub mod db;
pub mod entity;

pub mod guard;

pub mod job;

pub mod http;
pub mod live;

pub mod app;
#[doc(hidden)]
pub mod macros;
#[cfg(feature = "testing")]
pub mod testing;

pub use app::{App, Module, main};
pub use clock::{Clock, Timestamp};
pub use db::Tx;
pub use guard::Caller;
pub use http::{Accepted, Body, Created, NoContent, Path, Query};
pub use id::Id;
pub use jewel_macros::{
    Column, Problem, delete, entity, get, input, job, output, patch, post, put,
};
pub use page::{Page, Paging};
pub use problem::Problem;
pub use secret::Secret;
pub use state::State;
pub use tenant::{Account, Public, User};
