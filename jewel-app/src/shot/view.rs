//! A shot as callers see it.

use jewel_core::{Id, Timestamp, output};

use super::entity::Shot;
use super::rules::{FailureCode, ShotStatus};
use crate::photo::Photo;

/// A shot.
#[output]
pub struct ShotView {
    /// The shot.
    pub id: Id<Shot>,
    /// Where it is.
    pub status: ShotStatus,
    /// How far it is, from 0 to 100.
    pub progress: u8,
    /// What is being done, in a few words, while it is being made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The photo that it is made of; absent once that is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<Id<Photo>>,
    /// The style's id.
    pub style: String,
    /// What was wished for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it costs, in credits.
    pub price: i64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Failure>,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When it was completed, failed or was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
}

/// Why a shot failed.
#[output]
pub struct Failure {
    /// The stable code.
    pub code: FailureCode,
    /// What it means, for people.
    pub detail: String,
}

impl From<Shot> for ShotView {
    fn from(shot: Shot) -> Self {
        let failure = |code: FailureCode| Failure { code, detail: code.detail().to_owned() };
        Self {
            id: shot.id,
            status: shot.status,
            progress: if shot.status == ShotStatus::Completed { 100 } else { 0 },
            step: None,
            photo: shot.photo,
            style: shot.style,
            note: shot.note,
            price: shot.price,
            problem: shot.problem.map(failure),
            created_at: shot.created_at,
            finished_at: shot.finished_at,
        }
    }
}
