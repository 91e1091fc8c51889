//! How a shot ends: it and its hold together, once, whoever comes first.

use jewel_core::{Id, Tx, db};

use super::entity::{self, Ending, Shot};
use crate::credit;

/// Ends a shot and its hold. Nothing where somebody was faster, or there is no such shot.
///
/// # Errors
/// Where the database fails.
pub(super) async fn settle(
    tx: &mut Tx,
    id: Id<Shot>,
    ending: Ending,
) -> Result<Option<Shot>, db::Error> {
    let Some(shot) = entity::end(tx, id, ending).await? else {
        return Ok(None);
    };
    let ended = match ending {
        Ending::Completed { .. } => credit::spend(tx, shot.hold).await?,
        Ending::Failed(_) | Ending::Cancelled => credit::release(tx, shot.hold).await?,
    };
    if !ended {
        // Shot and hold only ever end together; undoing this keeps what is wrong in sight.
        tracing::error!(shot = %id, "the shot's hold had ended otherwise");
        return Err(sqlx::Error::RowNotFound.into());
    }
    Ok(Some(shot))
}
