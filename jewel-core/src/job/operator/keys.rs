//! The check of the keys: can what is sealed be opened, and which former key is still needed?

use super::health::{Finding, Level, Program, jobs};
use crate::crypto::{KeyId, KeyRing};
use crate::db;
use crate::job::Jobs;

const CHECK: &str = "keys";

/// How many jobs are sealed under a key: those that are to run, and those that ended badly.
#[derive(Debug, sqlx::FromRow)]
struct Sealed {
    key: String,
    live: i64,
    ended: i64,
}

impl Jobs {
    /// What is sealed can be opened. Of former keys it says whether they can go.
    pub(super) async fn check_keys(&self, program: Program<'_>) -> Result<Vec<Finding>, db::Error> {
        if program.encrypted.is_empty() {
            return Ok(vec![Finding::ok(CHECK, "no job of this program is encrypted")]);
        }
        let mut all = self.sealed_under(program.encrypted).await?;
        let ring = self.db().keys();
        let current = ring.map(|ring| ring.current().to_string());
        all.retain(|sealed| Some(&sealed.key) != current.as_ref());
        let former = ring.into_iter().flat_map(KeyRing::former);
        let mut found: Vec<Finding> = former.map(|key| needed(key, &mut all)).collect();
        found.extend(all.iter().map(missing));
        if found.is_empty() {
            found.push(Finding::ok(CHECK, "all that is sealed is sealed under the current key"));
        }
        Ok(found)
    }

    async fn sealed_under(&self, kinds: &[&str]) -> Result<Vec<Sealed>, db::Error> {
        Ok(sqlx::query_as(
            "select split_part(j.args->>'$sealed', '.', 2) key, \
                count(*) filter (where not t.ended) live, count(*) filter (where t.ended) ended \
             from ( \
                select job_id, kind_id, false ended from jewel.ready \
                union all select job_id, kind_id, false from jewel.lane \
                union all select job_id, kind_id, false from jewel.scheduled \
                union all select job_id, kind_id, false from jewel.blocked \
                union all select job_id, kind_id, false from jewel.running \
                union all select id, kind_id, true from jewel.finished where outcome <> 1) t \
                join jewel.kind k on k.id = t.kind_id and k.name = any($1) \
                join jewel.job j on j.id = t.job_id \
             where j.args->>'$sealed' is not null \
             group by 1 order by 1",
        )
        .bind(kinds)
        .fetch_all(self.db())
        .await?)
    }
}

/// Whether a former key is needed; what is sealed under it is taken from the list.
fn needed(key: KeyId, all: &mut Vec<Sealed>) -> Finding {
    let name = key.to_string();
    let Some(at) = all.iter().position(|sealed| sealed.key == name) else {
        let advice = "it can be taken from `auth.former_keys`, once the access tokens that it \
                      signed have expired";
        let said = format!("nothing that is to run is sealed under the former key {key}");
        return Finding::new(CHECK, Level::Info, said, advice);
    };
    let sealed = all.remove(at);
    let said = format!("{} under the former key {key}", counted(&sealed));
    Finding::new(CHECK, Level::Info, said, "leave it in `auth.former_keys` until none is")
}

/// What is sealed under a key that is not there.
fn missing(sealed: &Sealed) -> Finding {
    let level = if sealed.live > 0 { Level::Fail } else { Level::Warn };
    let said = format!("{} under the key {}, which is not configured", counted(sealed), sealed.key);
    let advice = "they wait for it: put it into `auth.former_keys` of what works on them, or give \
                  them up with `jobs cancel`";
    Finding::new(CHECK, level, said, advice)
}

fn counted(sealed: &Sealed) -> String {
    let live = jobs(sealed.live, "that is to run is sealed", "that are to run are sealed");
    if sealed.ended == 0 {
        return live;
    }
    let ended = jobs(sealed.ended, "that ended badly is sealed", "that ended badly are sealed");
    if sealed.live == 0 { ended } else { format!("{live}, and {ended}") }
}
