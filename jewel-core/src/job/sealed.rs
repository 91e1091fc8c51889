//! What the database keeps of encrypted jobs: `{"$sealed": ".."}` in place of arguments and of
//! results, and hashes under a key in place of what they are limited and unique by. Pure.
//!
//! Arguments open only as those of their kind, a result only as that of its job. Nobody else may
//! write an object of this shape, so that it never means two things.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::declared::Declared;
use super::storage::Body;
use super::ticket::JobId;
use crate::crypto::{KeyId, KeyRing, SealError, sealed_under};

/// The only member of what is sealed.
const MEMBER: &str = "$sealed";
const ARGS: &str = "jewel job arguments";
const RESULT: &str = "jewel job result";
const KEYS: &str = "jewel job keys v1";

/// Why something is not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// There is nothing to seal with.
    #[error("its database has no keys: give it some with `Db::with_keys`")]
    NoKeys,
    /// The key or the text is not the right one.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Whether a JSON text has the shape of what is sealed.
pub(super) fn is_sealed(text: &str) -> bool {
    // Hardly any text is looked at twice. It has but one member, which therefore is the first.
    let first = text.trim_start().strip_prefix('{').unwrap_or_default().trim_start();
    let named = first.strip_prefix('"').is_some_and(|name| name.starts_with(MEMBER));
    named && serde_json::from_str(text).is_ok_and(|value| inner(&value).is_some())
}

/// The name of the key under which a value is sealed; `None` where it is not.
///
/// ```
/// use jewel_core::job::operator::sealed_key;
/// use serde_json::json;
///
/// assert_eq!(sealed_key(&json!({"shot": 7})), None);
/// let sealed = json!({"$sealed": "v1.00ff00ff00ff00ff.AAAA"});
/// assert_eq!(sealed_key(&sealed).unwrap().to_string(), "00ff00ff00ff00ff");
/// ```
pub fn sealed_key(value: &Value) -> Option<KeyId> {
    sealed_under(inner(value)?)
}

fn inner(value: &Value) -> Option<&str> {
    let Value::Object(members) = value else { return None };
    members.get(MEMBER).filter(|_| members.len() == 1)?.as_str()
}

/// Arguments of this kind, sealed.
pub(super) fn args(keys: Option<&KeyRing>, kind: &str, text: &str) -> Result<String, Closed> {
    seal(keys, ARGS, kind, text)
}

/// Jobs of this kind with everything sealed that could tell of their arguments.
pub(super) fn bodies(
    keys: Option<&KeyRing>,
    kind: &str,
    bodies: Vec<Body>,
) -> Result<Vec<Body>, Closed> {
    let ring = keys.ok_or(Closed::NoKeys)?;
    let sealed = |body: Body| {
        let hidden = body.keys.hidden(|hash| ring.hash(KEYS, hash));
        Ok(Body { args: args(keys, kind, &body.args)?, keys: hidden })
    };
    bodies.into_iter().map(sealed).collect()
}

/// Arguments as their function reads them. Those that were enqueued before their kind was encrypted
/// are there as they are; without keys the job is not begun: its result could not be sealed.
pub(super) fn opened<'a>(
    keys: Option<&KeyRing>,
    declared: &Declared,
    text: &'a str,
) -> Result<Cow<'a, str>, Closed> {
    if declared.buries && text.contains(MEMBER) {
        return open_dead(keys, text).map(Cow::Owned);
    }
    if !is_sealed(text) {
        let begins = !declared.encrypted || keys.is_some();
        return if begins { Ok(Cow::Borrowed(text)) } else { Err(Closed::NoKeys) };
    }
    let value = serde_json::from_str(text).unwrap_or_default();
    open(keys, ARGS, declared.name, &value).map(Cow::Owned)
}

/// A job that died, with its own arguments opened: the database took them as they were. What is no
/// such job stays as it is: it will not be read.
pub(super) fn open_dead(keys: Option<&KeyRing>, text: &str) -> Result<String, Closed> {
    let mut dead: Value = serde_json::from_str(text).unwrap_or_default();
    let kind = dead.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some(args) = dead.get_mut("args") else { return Ok(text.to_owned()) };
    *args = shown_args(keys, &kind, args.take())?;
    Ok(dead.to_string())
}

/// A result as it is kept; `Err` where it cannot be, with the reason.
pub(super) fn result(
    keys: Option<&KeyRing>,
    declared: &Declared,
    id: JobId,
    result: Option<String>,
) -> Result<Option<String>, String> {
    let Some(text) = result else { return Ok(None) };
    if declared.encrypted {
        let sealed = seal(keys, RESULT, &of(declared.name, id), &text);
        return sealed.map(Some).map_err(|closed| format!("its result is not sealed: {closed}"));
    }
    if is_sealed(&text) {
        return Err(format!("its result is an object of `{MEMBER}` alone, which is reserved"));
    }
    Ok(Some(text))
}

/// Arguments as they were before they were sealed; others are there as they are.
pub(super) fn shown_args(
    keys: Option<&KeyRing>,
    kind: &str,
    value: Value,
) -> Result<Value, Closed> {
    shown(keys, ARGS, kind, value)
}

/// A result as it was before it was sealed; others are there as they are.
pub(super) fn shown_result(
    keys: Option<&KeyRing>,
    kind: &str,
    id: JobId,
    value: Value,
) -> Result<Value, Closed> {
    shown(keys, RESULT, &of(kind, id), value)
}

/// The same, for who is told of nothing else: one that does not open is not there.
pub(super) fn told(keys: Option<&KeyRing>, kind: &str, id: JobId, value: Value) -> Option<Value> {
    let closed = |why| tracing::warn!(%id, kind, %why, "the result of a job is not opened");
    shown_result(keys, kind, id, value).map_err(closed).ok()
}

fn shown(
    keys: Option<&KeyRing>,
    purpose: &str,
    about: &str,
    value: Value,
) -> Result<Value, Closed> {
    if inner(&value).is_none() {
        return Ok(value);
    }
    let text = open(keys, purpose, about, &value)?;
    serde_json::from_str(&text).map_err(|_| SealError::Altered.into())
}

/// What a result is bound to.
fn of(kind: &str, id: JobId) -> String {
    format!("{kind} {id}")
}

fn seal(keys: Option<&KeyRing>, purpose: &str, about: &str, text: &str) -> Result<String, Closed> {
    let sealed = keys.ok_or(Closed::NoKeys)?.seal(purpose, about, text.as_bytes())?;
    Ok(json!({ MEMBER: sealed }).to_string())
}

fn open(
    keys: Option<&KeyRing>,
    purpose: &str,
    about: &str,
    value: &Value,
) -> Result<String, Closed> {
    let sealed = inner(value).ok_or(SealError::Unknown)?;
    let Some(keys) = keys else {
        return Err(sealed_under(sealed).map_or(Closed::NoKeys, |id| SealError::NoKey(id).into()));
    };
    let plain = keys.open(purpose, about, sealed)?;
    Ok(String::from_utf8(plain).map_err(|_| SealError::Altered)?)
}
