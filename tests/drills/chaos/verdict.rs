//! What must hold when the storm is over: each claim is a query that finds what breaks it.

use sqlx::PgPool;

use super::Result;

/// A claim: what it is called, and the query that counts what breaks it.
struct Claim {
    name: &'static str,
    broken: &'static str,
}

const CLAIMS: &[Claim] = &[
    Claim {
        name: "lost",
        broken: "select count(*) from orders o \
            where not exists (select from jewel.finished f where f.id = o.job and f.outcome = 1)",
    },
    Claim {
        name: "never_run",
        broken: "select count(*) from orders o \
            where kind <> 'booked' and not exists (select from run r where r.job = o.job)",
    },
    // A run again has its reason: a failure that is written down, or a crash of PostgreSQL between.
    Claim {
        name: "unexplained_runs",
        broken: "select coalesce(sum(greatest(runs - 1 - failures - crashes, 0)), 0)::bigint \
            from ( \
                select count(*) runs, \
                    (select count(*) from jewel.failure f where f.job_id = r.job) failures, \
                    (select count(*) from blow b where b.what = 'crash' \
                        and b.ended > min(r.began) and b.began < max(r.began)) crashes \
                from run r group by r.job having count(*) > 1) t",
    },
    Claim {
        name: "effects_off",
        broken: "select abs((select count(*) from effect) \
                - (select count(*) from orders where kind = 'booked')) \
            + (select count(*) - count(distinct n) from effect)",
    },
    // Two at once, unless one of them stood still, or PostgreSQL forgot its claim.
    Claim {
        name: "limit_exceeded",
        broken: "select count(*) from run a \
            join run b on a.kind = 'lonely' and b.kind = 'lonely' \
                and (a.job, a.process) < (b.job, b.process) \
                and a.began < b.ended and b.began < a.ended \
            where not exists ( \
                select from blow w \
                where w.began < greatest(a.ended, b.ended) + interval '1 s' \
                    and w.ended > least(a.began, b.began) - interval '1 s' \
                    and (w.what = 'crash' or w.process in (a.process, b.process)))",
    },
    Claim {
        name: "ticks_off",
        broken: "select abs(count(*) - count(distinct at)) \
            + abs(count(distinct at) \
                - coalesce(extract(epoch from max(at) - min(at)) / 60 + 1, 0)::bigint) \
            from tick",
    },
    Claim {
        name: "orphan_locks",
        broken: "select count(*) from jewel.unique_lock u \
            where not exists (select from jewel.job j where j.id = u.job_id) \
                or exists (select from jewel.finished f where f.id = u.job_id)",
    },
    Claim {
        name: "unconserved",
        broken: "select count(*) from jewel.unconserved(-9223372036854775808, 9223372036854775807)",
    },
];

/// How often each claim is broken.
pub async fn judge(pool: &PgPool) -> Result<Vec<(&'static str, i64)>> {
    let mut broken = Vec::new();
    for claim in CLAIMS {
        broken.push((claim.name, sqlx::query_scalar(claim.broken).fetch_one(pool).await?));
    }
    Ok(broken)
}
