//! HTTP: from a request to its response, one stage a file.
//!
//! accept ─▶ head ─▶ guard ─▶ body ─▶ validate ─▶ once ─▶ handle ─▶ respond
//!
//! An annotated function is an [`Endpoint`]; `flow` names the stages in order. Only `respond`
//! renders a problem. This module knows the framework's guard, database and clock, and no
//! application.

mod accept;
mod admit;
mod body;
mod call;
mod context;
mod download;
mod endpoint;
mod extract;
mod flow;
mod head;
mod lent;
mod once;
mod reject;
mod reply;
mod respond;
mod router;
mod server;
mod settings;
mod upload;
mod validate;

pub use call::Call;
pub use context::Context;
pub use download::{Download, Media};
pub use endpoint::{Endpoint, Entry, Listed, Reads, Route, Run};
pub use extract::{Body, Extract, FromBody, Input, NoBody, Path, Query};
pub use once::{NoTx, Open};
pub use reject::Reject;
pub use reply::{Accepted, Answer, Created, NoContent, Output, Payload, Reply, Success, Url};
pub use router::Peer;
pub use settings::Settings;
pub use upload::{File, Upload, UploadProblem};

pub(crate) use accept::Slots;
pub(crate) use router::{Named, admit_by_hand, router};
pub(crate) use server::serve;
