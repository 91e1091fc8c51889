//! Once: the transaction around a handler, and the record that makes a repeated request one effect.
//!
//! Rivals with one key meet at an advisory lock that ends with the transaction: the second is told
//! to come back instead of waiting. The answer is stored in the handler's own transaction, before
//! it commits, so that effect and record cannot part.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::types::Json;

use super::call::Call;
use super::reject::Reject;
use super::reply::{Answer, Payload};
use crate::db::{self, Tx};
use crate::manifest::Repeat;
use crate::problem::{Details, codes};

/// What a rival is told to wait.
const RIVAL_WAIT: Duration = Duration::from_secs(1);
/// The longest key, in bytes.
const MAX_KEY: usize = 255;
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What a handler's transaction argument can be.
pub trait Open: Send + Sized + 'static {
    /// Whether one is opened.
    const OPENS: bool;

    /// Opens it, in the caller's name.
    fn open(call: &mut Call) -> impl Future<Output = Result<Self, Reject>> + Send;

    /// The transaction, where there is one.
    fn tx(&mut self) -> Option<&mut Tx>;

    /// Makes its effects last.
    fn commit(self) -> impl Future<Output = Result<(), db::Error>> + Send;
}

/// Stands for the transaction of a handler that takes none.
#[derive(Debug, Clone, Copy)]
pub struct NoTx;

impl Open for NoTx {
    const OPENS: bool = false;

    async fn open(_: &mut Call) -> Result<Self, Reject> {
        Ok(Self)
    }

    fn tx(&mut self) -> Option<&mut Tx> {
        None
    }

    async fn commit(self) -> Result<(), db::Error> {
        Ok(())
    }
}

impl Open for Tx {
    const OPENS: bool = true;

    async fn open(call: &mut Call) -> Result<Self, Reject> {
        let Some(db) = &call.context.db else {
            let missing = crate::state::Missing("jewel_core::db::Db");
            return Err(Details::internal(&missing).into());
        };
        db.begin(call.identity.account()).await.map_err(|error| internal(&error))
    }

    fn tx(&mut self) -> Option<&mut Tx> {
        Some(self)
    }

    async fn commit(self) -> Result<(), db::Error> {
        Tx::commit(self).await
    }
}

fn internal(error: &db::Error) -> Reject {
    Details::internal(error).into()
}

/// How a handler starts.
pub(super) enum Opened<T> {
    /// It runs; the key is what its answer is stored under.
    Fresh(T, Option<Key>),
    /// It ran before.
    Replay(Answer),
}

/// Under what an answer is stored.
pub(super) struct Key {
    caller: String,
    operation: String,
    given: String,
    hash: [u8; 32],
}

/// Opens the transaction, and looks for an earlier answer.
pub(super) async fn open<T: Open>(call: &mut Call) -> Result<Opened<T>, Reject> {
    let key = match call.entry.declared.repeat {
        Repeat::Once => Some(Key::of(call)?),
        Repeat::Natural | Repeat::Repeatable => None,
    };
    let mut opened = T::open(call).await?;
    let (Some(key), Some(tx)) = (&key, opened.tx()) else {
        return Ok(Opened::Fresh(opened, None));
    };
    if !key.lock(tx).await.map_err(|error| internal(&error))? {
        return Err(codes::IDEMPOTENCY_IN_PROGRESS.details().retry_after(RIVAL_WAIT).into());
    }
    match key.earlier(tx).await.map_err(|error| internal(&error))? {
        None => {}
        Some(Earlier::Same(answer)) => return Ok(Opened::Replay(answer)),
        Some(Earlier::Other) => return Err(codes::IDEMPOTENCY_KEY_REUSED.details().into()),
    }
    Ok(Opened::Fresh(opened, Some(key.clone())))
}

/// Stores a good answer and commits; a problem, or a lost connection, leaves no trace.
pub(super) async fn close<T: Open>(
    mut opened: T,
    key: Option<Key>,
    outcome: Result<Answer, Details>,
) -> Result<Answer, Reject> {
    let answer = outcome?;
    let record = key.as_ref().and_then(|_| Record::of(&answer));
    if let (Some(key), Some(tx), Some(record)) = (&key, opened.tx(), record) {
        key.store(tx, record).await.map_err(|error| internal(&error))?;
    }
    opened.commit().await.map_err(|error| internal(&error))?;
    Ok(answer)
}

/// An earlier request with the same key.
enum Earlier {
    Same(Answer),
    Other,
}

/// What is kept of an answer.
struct Record {
    status: i16,
    headers: BTreeMap<String, String>,
    body: Bytes,
}

impl Record {
    /// Nothing, where the answer is a stream.
    fn of(answer: &Answer) -> Option<Self> {
        let Payload::Whole(body) = &answer.payload else { return None };
        let status = i16::try_from(answer.status.as_u16()).ok()?;
        Some(Self { status, headers: texts(&answer.headers), body: body.clone() })
    }

    fn answer(self) -> Answer {
        let status = u16::try_from(self.status).ok().and_then(|s| StatusCode::from_u16(s).ok());
        let mut answer = Answer::empty(status.unwrap_or(StatusCode::OK));
        for (name, value) in &self.headers {
            if let Ok(name) = HeaderName::try_from(name) {
                answer = answer.header(name, value);
            }
        }
        answer.headers.insert(REPLAYED, HeaderValue::from_static("true"));
        answer.payload = Payload::Whole(self.body);
        answer
    }
}

impl Clone for Key {
    fn clone(&self) -> Self {
        Self {
            caller: self.caller.clone(),
            operation: self.operation.clone(),
            given: self.given.clone(),
            hash: self.hash,
        }
    }
}

impl Key {
    fn of(call: &Call) -> Result<Self, Reject> {
        let header = call.parts.headers.get("idempotency-key");
        let key = header.and_then(|value| value.to_str().ok()).unwrap_or("");
        let visible = key.bytes().all(|b| b.is_ascii_graphic());
        if key.is_empty() || key.len() > MAX_KEY || !visible {
            return Err(codes::IDEMPOTENCY_KEY_MISSING.details().into());
        }
        let mut hash = Sha256::new();
        hash.update(call.parts.uri.path_and_query().map_or("", |path| path.as_str()));
        hash.update([0]);
        hash.update(&call.bytes);
        Ok(Self {
            caller: call.identity.account().map_or_else(String::new, |id| id.to_string()),
            operation: call.operation.to_string(),
            given: key.to_owned(),
            hash: hash.finalize().into(),
        })
    }

    async fn lock(&self, tx: &mut Tx) -> Result<bool, db::Error> {
        let row = sqlx::query(
            "select pg_try_advisory_xact_lock( \
                hashtextextended($1 || chr(10) || $2 || chr(10) || $3, 0))",
        )
        .bind(&self.caller)
        .bind(&self.operation)
        .bind(&self.given)
        .fetch_one(tx)
        .await?;
        Ok(row.try_get(0)?)
    }

    async fn earlier(&self, tx: &mut Tx) -> Result<Option<Earlier>, db::Error> {
        let row = sqlx::query(
            "select body_hash = $4, status, headers, body from jewel.once \
             where caller = $1 and operation = $2 and key = $3",
        )
        .bind(&self.caller)
        .bind(&self.operation)
        .bind(&self.given)
        .bind(&self.hash[..])
        .fetch_optional(tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if !row.try_get::<bool, _>(0)? {
            return Ok(Some(Earlier::Other));
        }
        let headers: Json<BTreeMap<String, String>> = row.try_get(2)?;
        let body = Bytes::from(row.try_get::<Vec<u8>, _>(3)?);
        let record = Record { status: row.try_get(1)?, headers: headers.0, body };
        Ok(Some(Earlier::Same(record.answer())))
    }

    async fn store(&self, tx: &mut Tx, record: Record) -> Result<(), db::Error> {
        sqlx::query(
            "insert into jewel.once (caller, operation, key, body_hash, status, headers, body) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&self.caller)
        .bind(&self.operation)
        .bind(&self.given)
        .bind(&self.hash[..])
        .bind(record.status)
        .bind(Json(record.headers))
        .bind(&record.body[..])
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// The headers that are texts.
fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |(name, value)| {
        let (name, value): (&HeaderName, &HeaderValue) = (name, value);
        value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
    };
    headers.iter().filter_map(text).collect()
}
