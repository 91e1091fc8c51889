//! The jobs that a test leaves behind: nobody would ever know whether they work.

use std::sync::{Mutex, PoisonError};

use super::{TestDb, must};
use crate::db;

/// Jobs that should have run by now.
const LEFT: &str = "select k.name, count(*) \
    from jewel.job j join jewel.place p on p.job_id = j.id join jewel.kind k on k.id = j.kind_id \
    where p.place in ('ready', 'running', 'retrying') and k.name <> all($1) \
    group by k.name order by k.name";

/// The kinds that a test has looked at.
#[derive(Debug, Default)]
pub(super) struct Leftovers(Mutex<Vec<&'static str>>);

impl Leftovers {
    pub(super) fn allow(&self, kind: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(kind);
    }

    /// Fails the test where any other is left. It has a thread of its own, because the test's
    /// runtime cannot be waited for here.
    #[track_caller]
    pub(super) fn check(&self, db: &TestDb) {
        let allowed = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let url = db.url().to_owned();
        let asked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            must("a runtime", runtime).block_on(async {
                let mut owner = db::owner(&url).await?;
                let left = sqlx::query_as::<_, (String, i64)>(LEFT).bind(allowed);
                Ok::<_, db::Error>(left.fetch_all(&mut owner).await?)
            })
        });
        // A test may have taken its database away.
        let Ok(Ok(left)) = asked.join() else { return };
        let named = |(kind, count): &(String, i64)| format!("{count} of `{kind}`");
        let left: Vec<String> = left.iter().map(named).collect();
        assert!(
            left.is_empty(),
            "the test leaves jobs behind: {}. Run them with `work()`, or look at them with \
             `enqueued()`",
            left.join(", ")
        );
    }
}
