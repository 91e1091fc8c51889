-- When a run really began, how long its job had waited, and no order that is lost because the job
-- that stood in its way ended at that moment.

-- ── enqueue ─────────────────────────────────────────────────────────────────────────────────────

-- Takes unique keys for these jobs: for each the job that holds its key, itself or an older one.
-- A holder whose key went away meanwhile holds nothing: then the key is tried for again.
create function jewel.take_keys(kinds int[], ukeys bytea[], jids bigint[]) returns bigint[]
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  holders bigint[];
begin
  delete from jewel.unique_lock where ctid = any(array(         -- those whose time ran out
    select ctid from jewel.unique_lock where key = any(ukeys) and until <= now()
    order by key for update));
  loop
    insert into jewel.unique_lock (key, job_id, until)
      select t.ukey, t.jid, case when k.unique_until = 'ttl' then now() + k.unique_ttl end
      from unnest(kinds, ukeys, jids) t (kind_id, ukey, jid)
        join jewel.kind k on k.id = t.kind_id
      where t.ukey is not null
      order by t.ukey, t.jid            -- one lock order: bulk inserts cannot deadlock
      on conflict (key) do nothing;
    holders := array(
      select case when t.ukey is not null then u.job_id else t.jid end
      from unnest(ukeys, jids) with ordinality t (ukey, jid, ord)
        left join jewel.unique_lock u on u.key = t.ukey
      order by t.ord);
    if array_position(holders, null) is null then
      return holders;
    end if;
  end loop;
end $$;

-- As before. A duplicate comes back with the id of the job that holds its key.
create or replace function jewel.enqueue_many(
  kinds int[], queues smallint[], prios smallint[], run_ats timestamptz[], lane_keys bigint[],
  ukeys bytea[], argss jsonb[], metas jsonb[])
returns table (ord int, id bigint, duplicate boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  jids    bigint[];
  holders bigint[];
begin
  jids := array(select nextval('jewel.job_seq') from generate_series(1, cardinality(kinds)));
  holders := jids;
  if cardinality(array_remove(ukeys, null)) > 0 then
    holders := jewel.take_keys(kinds, ukeys, jids);
  end if;
  return query
  with inp as materialized (
    select t.jid, t.kind_id, t.queue_id, coalesce(t.priority, 0::smallint) priority, t.run_at,
      t.ukey, t.args, t.meta,
      t.lane_key own_key, case when q.keyed then coalesce(t.lane_key, 0) end lane_key,
      (case when t.ukey is null or k.unique_until = 'ttl' then 0
            when k.unique_until = 'finish' then 1 else 2 end
        + case when k.keep <= '0' then 4 else 0 end
        + case when k.solo then 8 else 0 end)::smallint flags
    from unnest(jids, holders, kinds, queues, prios, run_ats, lane_keys, ukeys, argss, metas)
        with ordinality
        t (jid, holder, kind_id, queue_id, priority, run_at, lane_key, ukey, args, meta, ord)
      join jewel.kind k on k.id = t.kind_id
      join jewel.queue q on q.id = t.queue_id
    where t.holder = t.jid
    order by t.ord),                    -- heap order is id order: a claim reads neighbours
  j as (
    insert into jewel.job
      (id, kind_id, queue_id, priority, flags, lane_key, unique_key, args, meta)
    select jid, kind_id, queue_id, priority, flags, own_key, ukey, args, meta from inp),
  s as (
    insert into jewel.scheduled (job_id, run_at, lane_key, kind_id, queue_id, priority, flags)
    select jid, run_at, lane_key, kind_id, queue_id, priority, flags
    from inp where run_at > now()),
  l as (
    insert into jewel.lane (lane_key, seq, job_id, kind_id, queue_id, priority, flags)
    select lane_key, jid, jid, kind_id, queue_id, priority, flags
    from inp where lane_key is not null and (run_at is null or run_at <= now())),
  r as (
    insert into jewel.ready (seq, job_id, kind_id, queue_id, priority, flags)
    select jid, jid, kind_id, queue_id, priority, flags
    from inp where lane_key is null and (run_at is null or run_at <= now()))
  select t.ord::int, t.holder, t.holder <> t.jid
  from unnest(holders, jids) with ordinality t (holder, jid, ord);
end $$;

-- ── claim ───────────────────────────────────────────────────────────────────────────────────────

-- As before, and says for how many seconds a job had waited that was ready when it was enqueued.
drop function jewel.claim(smallint, smallint, bigint, int, bigint, uuid[]);
create function jewel.claim(
  q smallint, p smallint, after_seq bigint, n int, w bigint, leases uuid[])
returns table (
  lease uuid, job_id bigint, seq bigint, kind_id int, attempt smallint, args jsonb, meta jsonb,
  waited real)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  perform set_config('synchronous_commit', 'off', true);
  if exists (select 1 from jewel.queue where id = q and paused_at is not null)
    or not exists (
      select 1 from jewel.worker
      where id = w and dead_at is null and expires_at > clock_timestamp())
  then
    return;
  end if;
  return query
  with c as materialized (
    select r.ctid t from jewel.ready r
    where r.queue_id = q and r.priority = p and r.seq > after_seq and r.crashes = 0
    order by r.seq limit n for update skip locked),
  d as (                                -- rows of ready are never updated: a locked ctid stays
    delete from jewel.ready r where r.ctid = any(array(select t from c)) returning r.*),
  e as materialized (
    select case when d.flags & 8 = 0 then leases[1]
      else coalesce(leases[1 + (row_number() over ())::int], leases[1]) end lease, d.*
    from d),
  l as (
    insert into jewel.lease
      (id, worker_id, claimed_at, queue_id, priority, ids, kinds, attempts, crashes, flags)
    select lease, w, clock_timestamp(), q, p, array_agg(job_id), array_agg(kind_id),
      array_agg((attempt + 1)::smallint), array_agg(crashes), array_agg(flags)
    from (select * from e order by job_id) e group by lease),
  u as (
    delete from jewel.unique_lock
    where job_id = any(array(select job_id from e where flags & 2 <> 0)))
  select e.lease, e.job_id, e.seq, e.kind_id, (e.attempt + 1)::smallint, j.args, j.meta,
    case when e.seq = e.job_id and e.attempt = 0
      then extract(epoch from clock_timestamp() - j.created_at)::real end
  from e join jewel.job j on j.id = e.job_id;
end $$;

-- The same for keyed queues; and a rate goes by one reading of the clock: by two, a full bucket
-- could lack a microsecond, and the last of its jobs.
drop function jewel.claim_keyed(smallint, bigint, int, bigint, uuid[]);
create function jewel.claim_keyed(
  q smallint, after_key bigint, n int, w bigint, leases uuid[])
returns table (
  lease uuid, job_id bigint, lane_key bigint, kind_id int, attempt smallint, args jsonb,
  meta jsonb, waited real)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  qr      jewel.queue;
  room    int := least(n, cardinality(leases));
  k       bigint := after_key;
  cap     int;
  wrapped boolean := false;
  first   bigint;
  tids    tid[] := '{}';
  x       tid[];
  moment  timestamptz := clock_timestamp();
  tat     timestamptz;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('jewel.keyed', q)) then
    return;                             -- another process is admitting this queue
  end if;
  perform set_config('synchronous_commit', 'off', true);
  select * into qr from jewel.queue where id = q;
  if qr.paused_at is not null
    or not exists (
      select 1 from jewel.worker
      where id = w and dead_at is null and expires_at > clock_timestamp())
  then
    return;
  end if;
  if qr.global_limit is not null then
    room := least(room, qr.global_limit - (
      select count(*) from jewel.lease r where r.queue_id = q and r.lane_key is not null)::int);
  end if;
  if qr.rate_per is not null then       -- GCRA on the database's clock, which is read once
    tat := greatest(coalesce(qr.rate_tat, '-infinity'), moment - qr.rate_per * qr.rate_burst);
    room := least(room, floor(
      extract(epoch from moment - tat) / extract(epoch from qr.rate_per))::int);
  end if;
  while room > 0 loop
    select l.lane_key into k from jewel.lane l         -- loose index scan
      where l.queue_id = q and l.lane_key > k order by l.lane_key limit 1;
    if not found then
      exit when wrapped;
      wrapped := true;
      k := -9223372036854775808;
      continue;
    end if;
    exit when k = first;
    first := coalesce(first, k);
    cap := case
      when qr.key_limit is null then least(room, greatest(1, n / 16))         -- a fair share
      else least(room, qr.key_limit - (
        select count(*) from jewel.lease r where r.queue_id = q and r.lane_key = k)::int) end;
    if cap > 0 then
      x := array(
        select l.ctid from jewel.lane l where l.queue_id = q and l.lane_key = k and l.crashes = 0
        order by l.priority, l.seq limit cap for update skip locked);
      tids := tids || x;
      room := room - cardinality(x);
    end if;
  end loop;
  if cardinality(tids) = 0 then
    return;
  end if;
  if qr.rate_per is not null then
    update jewel.queue set rate_tat = tat + rate_per * cardinality(tids) where id = q;
  end if;
  return query
  with d as (delete from jewel.lane l where l.ctid = any(tids) returning l.*),
  e as materialized (select leases[(row_number() over ())::int] lease, d.* from d),
  l as (
    insert into jewel.lease
      (id, worker_id, claimed_at, lane_key, queue_id, priority, ids, kinds, attempts, crashes,
       flags)
    select lease, w, clock_timestamp(), lane_key, q, priority, array[job_id], array[kind_id],
      array[(attempt + 1)::smallint], array[crashes], array[flags]
    from e),
  u as (
    delete from jewel.unique_lock
    where job_id = any(array(select job_id from e where flags & 2 <> 0)))
  select e.lease, e.job_id, e.lane_key, e.kind_id, (e.attempt + 1)::smallint, j.args, j.meta,
    case when e.seq = e.job_id and e.attempt = 0
      then extract(epoch from clock_timestamp() - j.created_at)::real end
  from e join jewel.job j on j.id = e.job_id;
end $$;

-- ── settle ──────────────────────────────────────────────────────────────────────────────────────

-- When a run began, so many milliseconds ago: a worker tells it by a clock that only runs on. Who
-- does not tell began when it claimed.
create function jewel.began(claimed_at timestamptz, ago int) returns timestamptz
language sql as $$
  select greatest(claimed_at, clock_timestamp() - ago * interval '1 ms')
$$;

-- As before, and says when each run began; it may be null. Where nothing is kept, the failures of
-- earlier attempts are not either.
create function jewel.complete(
  w bigint, leases uuid[], jids bigint[], results jsonb[], agos int[])
returns table (what text, lease uuid, job_id bigint)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  rs jsonb[] := results;                -- a local array is expanded: rs[i] takes constant time
  ag int[] := agos;
begin
  return query
  with t as materialized (select * from jewel.take(w, leases, jids)),
  ok as materialized (select * from t where not refused),
  h as (
    insert into jewel.finished
      (id, outcome, kind_id, queue_id, attempt, worker_id, started_at, result)
    select job_id, 1, kind_id, queue_id, attempt, w,
      jewel.began(claimed_at, ag[ord]), rs[ord]
    from ok where flags & 4 = 0),
  d as (                                -- the bounds prune partitions
    delete from jewel.job
    where id = any(array(select job_id from ok where flags & 4 <> 0))
      and id between (select min(job_id) from ok where flags & 4 <> 0)
        and (select max(job_id) from ok where flags & 4 <> 0)),
  g as (
    delete from jewel.failure
    where job_id = any(array(
        select job_id from ok where flags & 4 <> 0 and (attempt > 1 or crashes > 0)))
      and job_id between (select min(job_id) from ok where flags & 4 <> 0)
        and (select max(job_id) from ok where flags & 4 <> 0)),
  u as (
    delete from jewel.unique_lock
    where job_id = any(array(select job_id from ok where flags & 1 <> 0)) and until is null),
  p as (                                -- edges too are locked in one order
    delete from jewel.dep
    where ctid = any(array(
      select ctid from jewel.dep
      where (select exists (select 1 from jewel.dep))
        and parent_id = any(array(select job_id from ok))
      order by parent_id, child_id for update))
    returning child_id)
  select 'refused', lease, job_id from t where refused
  union all select distinct 'child', null::uuid, child_id from p;
end $$;

create function jewel.fail(
  w bigint, leases uuid[], jids bigint[], reasons smallint[], messages text[],
  retry_ats timestamptz[], agos int[])
returns table (what text, lease uuid, job_id bigint)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  ms text[] := messages;
  ra timestamptz[] := retry_ats;
  ag int[] := agos;
begin
  return query
  with t as materialized (select * from jewel.take(w, leases, jids)),
  ok as materialized (
    select t.*, reasons[ord] reason,
      case when cancelled or reasons[ord] = 5 then null else ra[ord] end retry_at
    from t where not refused),
  e as (
    insert into jewel.failure (job_id, attempt, worker_id, reason, message)
    select job_id, attempt, w, reason, ms[ord] from ok where reason <> 6),
  s as (
    insert into jewel.scheduled
      (job_id, run_at, lane_key, kind_id, queue_id, priority, attempt, crashes, flags)
    select job_id, retry_at, lane_key, kind_id, queue_id, priority,
      attempt - case when reason = 6 then 1 else 0 end, crashes, flags
    from ok where retry_at is not null),
  h as (
    insert into jewel.finished
      (id, outcome, kind_id, queue_id, attempt, worker_id, started_at)
    select job_id, case when cancelled or reason = 5 then 3 else 2 end, kind_id, queue_id,
      attempt, w, jewel.began(claimed_at, ag[ord])
    from ok where retry_at is null),
  u as (
    delete from jewel.unique_lock
    where job_id = any(array(select job_id from ok where retry_at is null and flags & 1 <> 0))
      and until is null)
  select 'refused', lease, job_id from t where refused;
end $$;

-- As workers of the version before call them.
create or replace function jewel.complete(
  w bigint, leases uuid[], jids bigint[], results jsonb[])
returns table (what text, lease uuid, job_id bigint) language sql as $$
  select * from jewel.complete(w, leases, jids, results, null)
$$;
create or replace function jewel.fail(
  w bigint, leases uuid[], jids bigint[], reasons smallint[], messages text[],
  retry_ats timestamptz[])
returns table (what text, lease uuid, job_id bigint) language sql as $$
  select * from jewel.fail(w, leases, jids, reasons, messages, retry_ats, null)
$$;

-- ── operate ─────────────────────────────────────────────────────────────────────────────────────

-- As before, but where a job waits goes by its queue, not by whether it has a key.
create or replace function jewel.retry(jids bigint[]) returns setof bigint language plpgsql as $$
declare
  mine bigint[];
begin
  jids := array(select f.id from jewel.finished f where f.id = any(jids) order by f.id for update);
  with c as (select j.id, j.unique_key, j.flags from jewel.job j where j.id = any(jids)),
  k as (
    insert into jewel.unique_lock (key, job_id)
    select unique_key, id from c where unique_key is not null and flags & 3 <> 0
    order by unique_key
    on conflict do nothing returning job_id)
  select array_agg(c.id) into mine
    from c where c.unique_key is null or c.flags & 3 = 0 or c.id in (select job_id from k);
  return query
  with f as (delete from jewel.finished where id = any(mine) returning id),
  o as materialized (
    select j.id, j.kind_id, j.queue_id, j.priority, j.flags, nextval('jewel.job_seq') seq,
      case when q.keyed then coalesce(j.lane_key, 0) end lane_key
    from f join jewel.job j on j.id = f.id join jewel.queue q on q.id = j.queue_id),
  l as (
    insert into jewel.lane (lane_key, seq, job_id, kind_id, queue_id, priority, flags)
    select lane_key, seq, id, kind_id, queue_id, priority, flags
    from o where lane_key is not null),
  r as (
    insert into jewel.ready (seq, job_id, kind_id, queue_id, priority, flags)
    select seq, id, kind_id, queue_id, priority, flags from o where lane_key is null)
  select id from o;
end $$;

-- ── count ───────────────────────────────────────────────────────────────────────────────────────

-- As before, and for how many seconds the first job has waited that may begin: of queues that are
-- not paused, and not keyed, because there a limit may be what it waits for.
drop function jewel.depth(smallint[], int);
create function jewel.depth(queues smallint[], most int)
returns table (queue_id smallint, jobs bigint, oldest real)
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
  select q.id,
    (select count(*) from (
      (select 1 from jewel.ready r where r.queue_id = q.id limit most)
      union all
      (select 1 from jewel.lane l where l.queue_id = q.id limit most)) counted),
    extract(epoch from clock_timestamp() - (
      select min(jewel.ready_since(first.job_id, first.seq))
      from generate_series(0, 2) p, lateral (
        select r.job_id, r.seq from jewel.ready r
        where r.queue_id = q.id and r.priority = p::smallint and r.crashes = 0
        order by r.seq limit 1) first
      where q.paused_at is null))::real
  from jewel.queue q where q.id = any(queues);
end $$;

grant execute on all functions in schema jewel to jewel_app;
revoke execute on function jewel.retire(text, bigint, bigint) from public, jewel_app;
