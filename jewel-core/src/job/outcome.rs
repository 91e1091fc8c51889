//! What a job's function may return, and how it is read.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::JobError;
use crate::manifest::Describe;

/// The largest result that is kept, in bytes of JSON.
pub const MAX_RESULT: usize = 1024 * 1024;

/// What a job's function returns: a `Result` whose value can be stored.
#[diagnostic::on_unimplemented(
    message = "a job cannot return `{Self}`",
    label = "return `Result<T, JobError>`, where `T` derives Serialize and JsonSchema"
)]
pub trait Outcome {
    /// What came of the attempt.
    fn verdict(self) -> Verdict;

    /// The schema of its result.
    fn describe(describe: &mut Describe) -> Value;
}

/// What a job returns that takes many at once: a `Result` for all of them, or one for each.
#[diagnostic::on_unimplemented(
    message = "a job that takes many at once cannot return `{Self}`",
    label = "return `Result<T, JobError>` for all of them, or `Vec<Result<T, JobError>>`, one for \
             each in their order"
)]
pub trait Outcomes {
    /// What came of so many attempts.
    fn verdicts(self, count: usize) -> Vec<Verdict>;

    /// The schema of one result.
    fn describe(describe: &mut Describe) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T, E> Outcomes for Result<T, E>
where
    T: Serialize + JsonSchema + Send,
    E: Into<JobError>,
{
    fn verdicts(self, count: usize) -> Vec<Verdict> {
        let outcome = self.map_err(Into::into).and_then(|value| stored(&value));
        let verdict = || match &outcome {
            Ok(result) => Verdict::Done(result.clone()),
            Err(error) => Verdict::Failed(error.clone()),
        };
        (0..count).map(|_| verdict()).collect()
    }

    fn describe(describe: &mut Describe) -> Value {
        describe.writes::<T>()
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Outcomes for Vec<Result<T, E>>
where
    T: Serialize + JsonSchema + Send,
    E: Into<JobError>,
{
    fn verdicts(self, count: usize) -> Vec<Verdict> {
        if self.len() == count {
            return self.into_iter().map(Outcome::verdict).collect();
        }
        let why = format!("it returned {} outcomes for {count} jobs", self.len());
        (0..count).map(|_| Verdict::Failed(JobError::retry(&why))).collect()
    }

    fn describe(describe: &mut Describe) -> Value {
        describe.writes::<T>()
    }
}

/// What came of an attempt that returned.
#[derive(Debug)]
pub enum Verdict {
    /// It did its work; the result as JSON, or `None` where it is `null`.
    Done(Option<String>),
    /// It did its work, and its transaction has said so.
    Settled,
    /// Its transaction was refused: another worker has the job. Nothing was done.
    Refused,
    /// It did not.
    Failed(JobError),
}

#[diagnostic::do_not_recommend]
impl<T, E> Outcome for Result<T, E>
where
    T: Serialize + JsonSchema + Send,
    E: Into<JobError>,
{
    fn verdict(self) -> Verdict {
        match self.map_err(Into::into).and_then(|value| stored(&value)) {
            Ok(result) => Verdict::Done(result),
            Err(error) => Verdict::Failed(error),
        }
    }

    fn describe(describe: &mut Describe) -> Value {
        describe.writes::<T>()
    }
}

/// A result as it is kept; one that cannot be kept will not be better the next time.
fn stored(value: &impl Serialize) -> Result<Option<String>, JobError> {
    let json = serde_json::to_string(value)
        .map_err(|error| JobError::give_up(format!("its result is no JSON: {error}")))?;
    if json.len() > MAX_RESULT {
        let size = json.len();
        return Err(JobError::give_up(format!(
            "its result has {size} bytes; {MAX_RESULT} are kept at most"
        )));
    }
    if has_nul(&json) {
        return Err(JobError::give_up("its result has a NUL character, which jsonb cannot keep"));
    }
    Ok((json != "null").then_some(json))
}

/// Whether a JSON text has the escape `\u0000`, itself not escaped.
fn has_nul(json: &str) -> bool {
    json.match_indices(r"\u0000").any(|(at, _)| {
        let before = json.as_bytes()[..at].iter().rev().take_while(|b| **b == b'\\').count();
        before % 2 == 0
    })
}
