//! The functions with a guard removed: each breaks a promise, and the model is to notice.

/// A function in which these words stand for others.
#[derive(Debug)]
pub(super) struct Mutant {
    pub(super) function: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
}

const fn mutant(function: &'static str, from: &'static str, to: &'static str) -> Mutant {
    Mutant { function, from, to }
}

pub(super) const MUTANTS: &[Mutant] = &[
    mutant("take_keys", "until <= now()", "false"),
    mutant("enqueue_many", "where run_at > now()", "where run_at is not null"),
    // Who may claim, and what.
    mutant("claim", "paused_at is not null", "false"),
    mutant("claim", "expires_at > clock_timestamp()", "true"),
    mutant("claim", "r.priority = p and ", ""),
    mutant("claim", "r.seq > after_seq and ", ""),
    mutant("claim", " and r.seq <= upto_seq", ""),
    mutant("claim", "order by r.seq limit n", "order by r.seq desc limit n"),
    mutant("claim", " and r.crashes = 0", ""),
    mutant("claim", "d.flags & 8 = 0", "true"),
    mutant("claim", "where flags & 2 <> 0", "where false"),
    mutant("claim_keyed", "qr.paused_at is not null", "false"),
    mutant("claim_keyed", "qr.global_limit - (", "1 + qr.global_limit - ("),
    mutant("claim_keyed", "qr.key_limit - (", "1 + qr.key_limit - ("),
    mutant("claim_keyed", "bigint := after_key", "bigint := -9223372036854775808"),
    mutant("claim_keyed", "order by l.priority, l.seq", "order by l.seq"),
    mutant("claim_keyed", "n / 16", "n / 8"),
    mutant("claim_suspect", "r.crashes > 0", "true"),
    mutant("claim_suspect", "order by r.seq limit 1", "order by r.seq desc limit 1"),
    mutant("claim_suspect", "one.crashes]", "0::smallint]"),
    // Who may settle, and what becomes of it.
    mutant("take", "x.worker_id = w", "x.worker_id > 0"),
    mutant("take", "where lease is not null and gid is null", "where lease is not null"),
    mutant("complete", "flags & 1 <> 0", "false"),
    mutant("complete", "from ok where flags & 4 = 0", "from ok"),
    mutant("complete", "rs[ord]", "rs[1]"),
    mutant("fail", "case when reason = 6 then 1 else 0 end", "0"),
    mutant("fail", "when cancelled or reasons[ord] = 5", "when reasons[ord] = 5"),
    mutant("fail", "where reason <> 6", ""),
    mutant("fail", "attempt - case", "attempt - 0 * case"),
    mutant("fail", "retry_at is null and flags & 1 <> 0", "flags & 1 <> 0"),
    mutant("release", "attempt - 1", "attempt"),
    mutant("release", "where not cancelled and", "where"),
    mutant("release", "select job_id, job_id,", "select nextval('jewel.job_seq'), job_id,"),
    // A worker's life and death.
    mutant("beat", " and expires_at > clock_timestamp()", ""),
    mutant("rescue", "crashes + 1, flags", "crashes, flags"),
    mutant("rescue", "u.crashes + 1 >=", "u.crashes >="),
    mutant("rescue", "where not poison and not cancelled", "where not poison"),
    mutant("rescue", "k.dead_at is null", "k.dead_at is null and false"),
    // The rest.
    mutant("promote", "where run_at <= now()", ""),
    mutant("promote", "order by run_at limit n", "order by run_at desc limit n"),
    mutant("promote", "order by run_at, job_id", "order by job_id"),
    mutant("cancel", "k.job_id = jid and k.until is null", "false"),
    mutant("cancel", " and k.until is null", ""),
    mutant("cancel", "array_append(array_remove(cancel_ids, jid), jid)", "cancel_ids"),
    mutant("retry", "c.id in (select job_id from k)", "true"),
    mutant("retry", "and flags & 3 <> 0", "and false"),
    mutant("waiting", " and r.crashes = 0", ""),
];
