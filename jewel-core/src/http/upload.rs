//! A file that is sent as a form, piece by piece as it arrives.
//!
//! It is read by the handler, which opens its transaction when the last piece is there: a slow
//! client pins no connection.

use std::error::Error;
use std::time::Duration;

use axum::body::HttpBody;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http_body_util::BodyDataStream;
use multer::{Field, Multipart};
use tokio::time::timeout;

use super::body::too_large;
use super::call::Call;
use super::endpoint::Reads;
use super::extract::FromBody;
use super::lent::{Lent, TooLarge};
use super::reject::Reject;
use crate::manifest::{Content, Describe};
use crate::problem::{Details, Problem, Violation, codes};

/// The name of the form's one field.
const FIELD: &str = "file";

/// A body of one file: `multipart/form-data` with one field, `file`.
///
/// ```no_run
/// # use jewel_core::http::{Upload, UploadProblem};
/// # async fn example(upload: Upload) -> Result<u64, UploadProblem> {
/// let mut file = upload.file().await?;
/// let mut bytes = 0;
/// while let Some(piece) = file.chunk().await? {
///     bytes += piece.len() as u64;
/// }
/// file.finish().await?; // refuses a second field
/// # Ok(bytes) }
/// ```
#[derive(Debug)]
pub struct Upload {
    form: Multipart<'static>,
    bounds: Bounds,
}

/// The file of an [`Upload`], while it arrives.
#[derive(Debug)]
pub struct File {
    form: Multipart<'static>,
    field: Field<'static>,
    bounds: Bounds,
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// The largest form, in bytes.
    limit: u64,
    /// The longest pause between two pieces.
    pause: Duration,
}

/// Why an upload is refused.
#[derive(Debug, thiserror::Error)]
pub enum UploadProblem {
    /// It is no form, or it was cut off.
    #[error("the upload is no complete form")]
    Malformed(#[source] multer::Error),
    /// It has more bytes than the operation allows: this many.
    #[error("the upload is larger than {0} bytes")]
    TooLarge(u64),
    /// It stopped arriving.
    #[error("the upload stopped arriving")]
    Timeout,
    /// The form has not exactly the field that it should have.
    #[error("`{field}` {detail}")]
    Field {
        /// The field.
        field: String,
        /// `required` or `unknown`.
        rule: &'static str,
        /// What is wrong with it.
        detail: &'static str,
    },
}

impl Problem for UploadProblem {
    /// Nothing: an operation with a body has these codes by its stages.
    fn describe(_: &mut Describe) {}

    fn details(&self) -> Details {
        match self {
            Self::Malformed(error) => codes::MALFORMED_BODY.details().because(error),
            Self::TooLarge(limit) => too_large(*limit),
            Self::Timeout => codes::BODY_TIMEOUT.details(),
            Self::Field { field, rule, detail } => {
                let mut details = codes::INVALID_REQUEST.details();
                details.violations = vec![Violation::new(format!("/{field}"), *rule, *detail)];
                details
            }
        }
    }
}

impl Bounds {
    /// Waits for a piece of the form, no longer than a piece may take.
    async fn wait<T>(
        self,
        piece: impl Future<Output = Result<T, multer::Error>>,
    ) -> Result<T, UploadProblem> {
        match timeout(self.pause, piece).await {
            Err(_) => Err(UploadProblem::Timeout),
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) if too_large_among(&error) => Err(UploadProblem::TooLarge(self.limit)),
            Ok(Err(error)) => Err(UploadProblem::Malformed(error)),
        }
    }
}

fn too_large_among(error: &(dyn Error + 'static)) -> bool {
    let mut link = Some(error);
    while let Some(error) = link {
        if error.is::<TooLarge>() {
            return true;
        }
        link = error.source();
    }
    false
}

impl Upload {
    /// The form's file.
    ///
    /// # Errors
    /// Where the form does not begin with it.
    pub async fn file(mut self) -> Result<File, UploadProblem> {
        let field = self.bounds.wait(self.form.next_field()).await?;
        let name = field.as_ref().and_then(|field| field.name()).unwrap_or("").to_owned();
        match field {
            Some(field) if name == FIELD => {
                Ok(File { form: self.form, field, bounds: self.bounds })
            }
            None => Err(refused(FIELD.to_owned(), "required", "is missing")),
            Some(_) => Err(refused(name, "unknown", "is not a field of this form")),
        }
    }
}

impl File {
    /// The name that the client gives it, which proves nothing.
    pub fn name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// The next piece of its content; `None` at its end.
    ///
    /// # Errors
    /// Where it is too large, too slow, or cut off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, UploadProblem> {
        self.bounds.wait(self.field.chunk()).await
    }

    /// Makes sure that nothing follows it.
    ///
    /// # Errors
    /// Where the form has a second field, or does not end.
    pub async fn finish(self) -> Result<(), UploadProblem> {
        let Self { mut form, field, bounds } = self;
        drop(field);
        match bounds.wait(form.next_field()).await? {
            None => Ok(()),
            Some(field) => {
                let name = field.name().unwrap_or("").to_owned();
                Err(refused(name, "unknown", "is one field too many: send one file at a time"))
            }
        }
    }
}

fn refused(field: String, rule: &'static str, detail: &'static str) -> UploadProblem {
    UploadProblem::Field { field, rule, detail }
}

impl FromBody for Upload {
    const READS: Reads = Reads::Stream;

    fn from_body(call: &mut Call) -> Result<Self, Reject> {
        let header = call.parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = header.and_then(|text| multer::parse_boundary(text).ok());
        let bounds =
            Bounds { limit: call.body_limit, pause: call.context.settings.body_timeout.get() };
        let (lent, returned) = Lent::new(std::mem::take(&mut call.body), bounds.limit);
        call.lent = Some(returned);
        let Some(boundary) = boundary else {
            let details = codes::UNSUPPORTED_MEDIA_TYPE.details();
            return Err(details.with("accepts", ["multipart/form-data"]).into());
        };
        if lent.size_hint().lower() > bounds.limit {
            return Err(too_large(bounds.limit).into());
        }
        Ok(Self { form: Multipart::new(BodyDataStream::new(lent), boundary), bounds })
    }

    fn describe(describe: &mut Describe) {
        describe.body.push(Content {
            media: "multipart/form-data".to_owned(),
            schema: serde_json::json!({
                "type": "object",
                "required": [FIELD],
                "properties": { FIELD: { "type": "string", "format": "binary" } },
                "additionalProperties": false
            }),
        });
    }
}
