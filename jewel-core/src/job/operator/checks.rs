//! The checks beside the conservation law: does what should move move, and can it be run?
//!
//! Each is one or two statements over what is small, and always has something to say.

use std::time::Duration;

use super::health::{Finding, Level, NAMED, Program, jobs, named};
use super::rough::rough;
use crate::db;
use crate::job::Jobs;

type Found = Result<Vec<Finding>, db::Error>;

impl Jobs {
    /// Ready jobs are taken, and due ones made ready.
    pub(super) async fn check_workers(&self) -> Found {
        const CHECK: &str = "workers";
        let alive = self.workers().await?.alive;
        let waiting: Vec<(String, i64, i64)> = sqlx::query_as(
            "select queue, ready, extract(epoch from now() - oldest_ready_at)::bigint \
             from jewel.queue_stats() \
             where paused_at is null and oldest_ready_at < now() - interval '1 minute' \
             order by oldest_ready_at",
        )
        .fetch_all(self.db())
        .await?;
        let due: i64 = sqlx::query_scalar(
            "select count(*) from jewel.scheduled where run_at < now() - interval '1 minute'",
        )
        .fetch_one(self.db())
        .await?;
        let mut found = Vec::new();
        let (level, advice) = if alive == 0 {
            (Level::Fail, "no worker lives: start one with `serve`, or `serve --role worker`")
        } else {
            let advice = "the workers are too few, too slow, or do not serve this queue: see \
                          `jobs list --state running` and the settings of `jobs`";
            (Level::Warn, advice)
        };
        for (queue, ready, age) in waiting {
            let age = span(age);
            let said = format!(
                "the first of {} in queue `{queue}` has waited for {age}",
                jobs(ready, "", "").trim_end()
            );
            found.push(Finding::new(CHECK, level, said, advice));
        }
        if due > 0 {
            let said = format!("{} due for more than a minute", jobs(due, "is", "are"));
            found.push(Finding::new(CHECK, level, said, advice));
        }
        if found.is_empty() {
            let said = match alive {
                0 => "none lives, and nothing waits for one".to_owned(),
                1 => "1 lives, and nothing waits for long".to_owned(),
                _ => format!("{alive} live, and nothing waits for long"),
            };
            found.push(Finding::ok(CHECK, said));
        }
        Ok(found)
    }

    /// What dead workers had is taken from them.
    pub(super) async fn check_leases(&self) -> Found {
        const CHECK: &str = "leases";
        let (workers, held): (i64, i64) = sqlx::query_as(
            "select count(distinct l.worker_id), coalesce(sum(cardinality(l.ids)), 0)::bigint \
             from jewel.lease l left join jewel.worker w on w.id = l.worker_id \
             where w.id is null \
                or coalesce(w.dead_at, w.expires_at) < now() - interval '1 minute'",
        )
        .fetch_one(self.db())
        .await?;
        Ok(vec![if held == 0 {
            Finding::ok(CHECK, "nobody holds a job who is dead")
        } else {
            let dead = if workers == 1 { "a dead worker" } else { "dead workers" };
            let said = format!("{} held by {dead}", jobs(held, "is", "are"));
            let advice = "a living worker takes them back within seconds: start one with `serve`, \
                          or look into its log";
            Finding::new(CHECK, Level::Fail, said, advice)
        }])
    }

    /// Who keeps others out is there.
    pub(super) async fn check_locks(&self) -> Found {
        const CHECK: &str = "locks";
        let orphans: Vec<i64> = sqlx::query_scalar(
            "select u.job_id from jewel.unique_lock u \
             where u.until is null \
                and (not exists (select from jewel.job j where j.id = u.job_id) \
                    or exists (select from jewel.finished f where f.id = u.job_id)) \
             order by 1 limit 1000",
        )
        .fetch_all(self.db())
        .await?;
        Ok(vec![if orphans.is_empty() {
            Finding::ok(CHECK, "every unique key is held by a job that is to run")
        } else {
            let holds = jobs(orphans.len(), "holds a unique key", "hold unique keys");
            let said = format!("{holds}, though over or gone: {}", named(orphans.iter()));
            let advice = "none like them can be enqueued until the keys are given back: `delete \
                          from jewel.unique_lock where until is null and job_id in (..)`, with \
                          these numbers";
            Finding::new(CHECK, Level::Fail, said, advice)
        }])
    }

    /// This program has a function for what waits, and looks where it waits.
    pub(super) async fn check_kinds(&self, program: Program<'_>) -> Found {
        const CHECK: &str = "kinds";
        let live: Vec<(String, i64)> = sqlx::query_as(
            "select kind, ready + scheduled + retrying + blocked + running \
             from jewel.kind_stats(now()) \
             where ready + scheduled + retrying + blocked + running > 0",
        )
        .fetch_all(self.db())
        .await?;
        let queued: Vec<(String, i64)> = sqlx::query_as(
            "select queue, ready + scheduled + retrying + blocked + running \
             from jewel.queue_stats() \
             where ready + scheduled + retrying + blocked + running > 0",
        )
        .fetch_all(self.db())
        .await?;
        let mut found = Vec::new();
        for (kind, count) in live.iter().filter(|(kind, _)| !program.kinds.contains(&&**kind)) {
            let said = format!("{} of kind `{kind}`, which this program does not have", {
                jobs(*count, "is", "are")
            });
            let advice =
                format!("run a program that has it, or give them up: `jobs cancel --kind {kind}`");
            found.push(Finding::new(CHECK, Level::Warn, said, advice));
        }
        for (queue, count) in queued.iter().filter(|(name, _)| !program.queues.contains(&&**name)) {
            let said = format!("{} in queue `{queue}`, from which this program takes none", {
                jobs(*count, "is", "are")
            });
            let advice = format!(
                "run a program that serves it, or give them up: `jobs cancel --queue {queue}`"
            );
            found.push(Finding::new(CHECK, Level::Warn, said, advice));
        }
        if found.is_empty() {
            found.push(Finding::ok(CHECK, "this program can run whatever waits"));
        }
        Ok(found)
    }

    /// Jobs are in partitions that can be dropped.
    pub(super) async fn check_partitions(&self) -> Found {
        const CHECK: &str = "partitions";
        let spilt: Vec<(String, i64, i64)> = sqlx::query_as(
            "select * from ( \
                select 'job' of, min(id) lo, max(id) hi from jewel.job_default \
                union all select 'finished', min(id), max(id) from jewel.finished_default \
                union all select 'failure', min(job_id), max(job_id) from jewel.failure_default \
             ) t where lo is not null",
        )
        .fetch_all(self.db())
        .await?;
        let finding = |(of, low, high): (String, i64, i64)| {
            let said = format!("`jewel.{of}_default` has rows of jobs {low} to {high}");
            let advice = "the partitions for new jobs are made too late, and what spilt over is \
                          never dropped: let the owner run `migrate`, and have workers running";
            Finding::new(CHECK, Level::Warn, said, advice)
        };
        let mut found: Vec<Finding> = spilt.into_iter().map(finding).collect();
        if found.is_empty() {
            found.push(Finding::ok(CHECK, "no job is outside of those for its number"));
        }
        Ok(found)
    }

    /// Who waits for others can hope.
    pub(super) async fn check_blocked(&self) -> Found {
        const CHECK: &str = "blocked";
        let stuck: Vec<i64> = sqlx::query_scalar(
            "select b.job_id from jewel.blocked b \
             where exists ( \
                select from jewel.dep d join jewel.finished f on f.id = d.parent_id \
                where d.child_id = b.job_id and f.outcome <> 1) \
             order by 1 limit 1000",
        )
        .fetch_all(self.db())
        .await?;
        Ok(vec![if stuck.is_empty() {
            Finding::ok(CHECK, "no job waits for one that ended badly")
        } else {
            let said = format!(
                "{} for one that ended badly: {}",
                jobs(stuck.len(), "waits", "wait"),
                named(stuck.iter())
            );
            let advice = "`jobs show` says which: run that again with `jobs retry`, or give the \
                          waiting one up with `jobs cancel`";
            Finding::new(CHECK, Level::Warn, said, advice)
        }])
    }

    /// What somebody has stopped on purpose.
    pub(super) async fn check_paused(&self) -> Found {
        const CHECK: &str = "paused";
        let queues: Vec<(String, i64, i64)> = sqlx::query_as(
            "select queue, ready, extract(epoch from now() - paused_at)::bigint \
             from jewel.queue_stats() where paused_at is not null",
        )
        .fetch_all(self.db())
        .await?;
        let schedules: Vec<(String, i64)> = sqlx::query_as(
            "select name, extract(epoch from now() - paused_at)::bigint \
             from jewel.cron where paused_at is not null order by name",
        )
        .fetch_all(self.db())
        .await?;
        let mut found = Vec::new();
        for (queue, ready, age) in queues {
            let (wait, age) = (jobs(ready, "waits", "wait"), span(age));
            let said = format!("queue `{queue}`, for {age}; {wait}");
            let advice = format!("`jobs resume {queue}`");
            found.push(Finding::new(CHECK, Level::Info, said, advice));
        }
        for (name, age) in schedules {
            let said = format!("schedule `{name}`, for {}", span(age));
            let advice = format!("`schedule resume {name}`");
            found.push(Finding::new(CHECK, Level::Info, said, advice));
        }
        if found.is_empty() {
            found.push(Finding::ok(CHECK, "no queue and no schedule is"));
        }
        Ok(found)
    }

    /// What ended badly of late.
    pub(super) async fn check_dead(&self) -> Found {
        const CHECK: &str = "dead";
        let (count, newest): (i64, Option<Vec<i64>>) = sqlx::query_as(
            "select count(*), (array_agg(id order by finished_at desc))[1:$1] \
             from jewel.finished \
             where outcome <> 1 and outcome in (2, 4) and finished_at > now() - interval '1 day'",
        )
        .bind(i32::try_from(NAMED).unwrap_or(i32::MAX))
        .fetch_one(self.db())
        .await?;
        Ok(vec![if count == 0 {
            Finding::ok(CHECK, "no job died in the last day")
        } else {
            let ids = named(newest.unwrap_or_default().iter());
            let said = format!("{} in the last day, the last: {ids}", jobs(count, "died", "died"));
            let advice = "`jobs list --state dead --since 1d`, then `jobs show`, `jobs retry`";
            Finding::new(CHECK, Level::Info, said, advice)
        }])
    }
}

/// Whole seconds, for people.
fn span(seconds: i64) -> String {
    rough(Duration::from_secs(seconds.unsigned_abs()))
}
