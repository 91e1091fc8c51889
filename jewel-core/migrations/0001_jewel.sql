-- The framework's own tables: the job queue, and what makes a repeated request one.
--
-- The queue's principle: a job's state is the table it is in. Its body (job) is written once; a
-- waiting job is a thin row of ready, lane, scheduled or blocked; a claimed batch is one row of
-- lease. Every move is one transaction, and every move out of a lease is guarded by its random id.
--
--   (new) ─▶ scheduled | ready/lane | blocked
--   scheduled ─▶ ready/lane (promote)          blocked ─▶ ready/lane (unblock)
--   ready/lane ─▶ leased (claim)               leased ─▶ ready/lane (release)
--   leased ─▶ finished (ok, dead, cancelled, poisoned) | scheduled (retry, snooze, worker lost)
--   scheduled | ready | lane | blocked ─▶ finished (cancel)
--   finished ─▶ ready/lane (retry)
--
-- Only the functions below write these tables. Runs on PostgreSQL 15 and later.

create schema if not exists jewel;

-- ── the role under which applications work: it owns nothing ─────────────────────────────────────

do $$
begin
  create role jewel_app login;
exception when duplicate_object or unique_violation then null;
end $$;

do $$
begin
  -- The owner may work as it, which a superuser may anyway.
  execute format('grant jewel_app to %I', current_user);
exception when others then
  raise notice 'jewel_app is not granted to %: %', current_user, sqlerrm;
end $$;

-- ── control plane ───────────────────────────────────────────────────────────────────────────────

create sequence jewel.job_seq;          -- the ids of jobs and the order in which they became ready

create table jewel.queue (
  id           smallint generated always as identity primary key,
  name         text not null unique check (name ~ '^[a-z0-9_.:/-]{1,100}$'),
  keyed        boolean not null default false,  -- its jobs wait in lane; fixed while it has any
  key_limit    int,                             -- most that run per key, in the cluster (keyed)
  global_limit int,                             -- most that run, in the cluster (keyed)
  rate_per     interval,                        -- GCRA on the database's clock (keyed)
  rate_burst   int,
  rate_tat     timestamptz,
  paused_at    timestamptz                      -- nothing is claimed; what runs finishes
) with (fillfactor = 50);

-- What holds for all jobs of a kind; copied into a job's flags when it is enqueued.
create table jewel.kind (
  id           int generated always as identity primary key,
  name         text not null unique,
  keep         interval not null default '1 day',
  keep_failed  interval not null default '14 days',
  unique_until text not null default 'finish' check (unique_until in ('finish', 'start', 'ttl')),
  unique_ttl   interval check (unique_until <> 'ttl' or unique_ttl is not null),
  solo         boolean not null default false   -- a lease of its own: settles do not queue on a row
);

-- One row per boot of a process; ids are never used again.
create table jewel.worker (
  id         bigint generated always as identity primary key,
  name       text not null,
  started_at timestamptz not null default now(),
  expires_at timestamptz not null,
  dead_at    timestamptz,
  meta       jsonb not null default '{}'
) with (fillfactor = 50);

create table jewel.leader (
  role       text primary key,
  worker_id  bigint not null,
  term       bigint not null default 1,
  expires_at timestamptz not null
) with (fillfactor = 50);

create table jewel.cron (
  name      text primary key,
  kind_id   int not null,
  queue_id  smallint not null,
  expr      text not null,
  tz        text not null default 'UTC',
  args      jsonb not null default '{}',
  next_at   timestamptz not null,
  paused_at timestamptz
);

-- ── the job: written once, never updated, dropped by partition ──────────────────────────────────

-- flags: 1 unique until it finishes · 2 unique until it starts · 4 keep nothing when it went well
--        8 a lease of its own
create table jewel.job (
  id         bigint not null,
  created_at timestamptz not null default now(),
  kind_id    int not null,
  queue_id   smallint not null,
  priority   smallint not null default 0,
  flags      smallint not null default 0,
  lane_key   bigint,
  unique_key bytea,
  batch_id   bigint,
  args       jsonb not null,
  meta       jsonb,
  primary key (id)
) partition by range (id);

create table jewel.finished (
  id          bigint not null,
  outcome     smallint not null,        -- 1 ok, 2 dead, 3 cancelled, 4 poisoned
  kind_id     int not null,
  queue_id    smallint not null,
  attempt     smallint not null,
  worker_id   bigint,
  started_at  timestamptz,
  finished_at timestamptz not null default now(),
  result      jsonb,
  primary key (id)
) partition by range (id);

create table jewel.failure (            -- what went wrong in an attempt; only ever added to
  job_id    bigint not null,
  attempt   smallint not null,
  at        timestamptz not null default now(),
  worker_id bigint,
  reason    smallint not null,          -- 1 error, 2 panic, 3 timeout, 4 worker lost, 5 cancelled
  message   text,
  detail    jsonb
) partition by range (job_id);

create table jewel.job_p0 partition of jewel.job for values from (0) to (10000000);
create table jewel.finished_p0 partition of jewel.finished for values from (0) to (10000000);
create table jewel.failure_p0 partition of jewel.failure for values from (0) to (10000000);
create table jewel.job_default partition of jewel.job default;
create table jewel.finished_default partition of jewel.finished default;
create table jewel.failure_default partition of jewel.failure default;

create index finished_badly on jewel.finished (finished_at) where outcome <> 1;
create index failure_job on jewel.failure (job_id);

-- ── where a live job is: exactly one of these ───────────────────────────────────────────────────

-- Wide columns first: kind and flags ride in what was padding, so no settle has to visit job.
create table jewel.scheduled (          -- a delay, a wait before the next attempt, a snooze
  job_id   bigint primary key,
  run_at   timestamptz not null,
  lane_key bigint,
  kind_id  int not null,
  queue_id smallint not null,
  priority smallint not null,
  attempt  smallint not null default 0,
  crashes  smallint not null default 0,
  flags    smallint not null default 0
);
create index scheduled_due on jewel.scheduled (run_at);

create table jewel.ready (              -- claimable now, in plain queues
  seq      bigint not null,
  job_id   bigint not null,
  kind_id  int not null,
  queue_id smallint not null,
  priority smallint not null,
  attempt  smallint not null default 0,
  crashes  smallint not null default 0,
  flags    smallint not null default 0,
  primary key (queue_id, priority, seq)
);
create unique index ready_job on jewel.ready (job_id);

create table jewel.lane (               -- claimable now, in keyed queues
  lane_key bigint not null,
  seq      bigint not null,
  job_id   bigint not null,
  kind_id  int not null,
  queue_id smallint not null,
  priority smallint not null,
  attempt  smallint not null default 0,
  crashes  smallint not null default 0,
  flags    smallint not null default 0,
  primary key (queue_id, lane_key, priority, seq)
);
create unique index lane_job on jewel.lane (job_id);

create table jewel.blocked (            -- waits for its parents: free when no dep row names it
  job_id   bigint primary key,
  lane_key bigint,
  kind_id  int not null,
  queue_id smallint not null,
  priority smallint not null,
  flags    smallint not null default 0
);
create table jewel.dep (
  parent_id bigint not null,
  child_id  bigint not null,
  primary key (parent_id, child_id)
);
create index dep_child on jewel.dep (child_id);

-- A claimed batch. ids is exactly what is claimed and not settled; an empty lease does not exist.
create table jewel.lease (
  id         uuid primary key,          -- random, made by the worker: this is the fence
  worker_id  bigint not null,
  claimed_at timestamptz not null,
  lane_key   bigint,
  queue_id   smallint not null,
  priority   smallint not null,
  ids        bigint[] not null,
  kinds      int[] not null,
  attempts   smallint[] not null,
  crashes    smallint[] not null,
  flags      smallint[] not null,
  cancel_ids bigint[] not null default '{}',
  check (cardinality(ids) > 0)
) with (fillfactor = 70);
create index lease_worker on jewel.lease (worker_id);
create index lease_lane on jewel.lease (queue_id, lane_key) where lane_key is not null;

do $$
begin
  alter table jewel.lease
    alter ids set compression lz4,
    alter kinds set compression lz4,
    alter attempts set compression lz4,
    alter crashes set compression lz4,
    alter flags set compression lz4;
exception when feature_not_supported then null;         -- a server built without lz4 keeps pglz
end $$;

create table jewel.unique_lock (        -- uniqueness is a row, not a state
  key    bytea primary key,
  job_id bigint not null unique,
  until  timestamptz
);
create index unique_lock_until on jewel.unique_lock (until) where until is not null;

-- How far a running job says it is. A hint for people: losing a row costs nothing.
create table jewel.progress (
  job_id  bigint primary key,
  percent smallint not null check (percent between 0 and 100),
  step    text not null,
  at      timestamptz not null default now()
) with (fillfactor = 50);

alter table jewel.ready set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000,
  autovacuum_vacuum_cost_delay = 0);
alter table jewel.lease set (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000,
  toast.autovacuum_vacuum_cost_delay = 0);
alter table jewel.scheduled set (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
alter table jewel.lane set (
  autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- ── enqueue: in the caller's transaction, so without a NOTIFY ───────────────────────────────────

-- A duplicate comes back with the id of the job that holds its key.
create function jewel.enqueue_many(
  kinds int[], queues smallint[], prios smallint[], run_ats timestamptz[], lane_keys bigint[],
  ukeys bytea[], argss jsonb[], metas jsonb[])
returns table (ord int, id bigint, duplicate boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  jids bigint[];
  won  bigint[];
  uniq boolean := cardinality(array_remove(ukeys, null)) > 0;
begin
  jids := array(select nextval('jewel.job_seq') from generate_series(1, cardinality(kinds)));
  if uniq then
    delete from jewel.unique_lock where ctid = any(array(       -- those whose time ran out
      select ctid from jewel.unique_lock where key = any(ukeys) and until <= now()
      order by key for update));
    with lk as (
      insert into jewel.unique_lock (key, job_id, until)
      select t.ukey, t.jid, case when k.unique_until = 'ttl' then now() + k.unique_ttl end
      from unnest(kinds, ukeys, jids) t (kind_id, ukey, jid) join jewel.kind k on k.id = t.kind_id
      where t.ukey is not null
      order by t.ukey, t.jid            -- one lock order: bulk inserts cannot deadlock
      on conflict (key) do nothing returning job_id)
    select array_agg(job_id) into won from lk;
  end if;
  return query
  with inp as materialized (
    select t.jid, t.kind_id, t.queue_id, coalesce(t.priority, 0::smallint) priority, t.run_at,
      t.ukey, t.args, t.meta, t.ord::int ord,
      case when q.keyed then coalesce(t.lane_key, 0) end lane_key,
      (case when t.ukey is null or k.unique_until = 'ttl' then 0
            when k.unique_until = 'finish' then 1 else 2 end
        + case when k.keep <= '0' then 4 else 0 end
        + case when k.solo then 8 else 0 end)::smallint flags
    from unnest(jids, kinds, queues, prios, run_ats, lane_keys, ukeys, argss, metas)
        with ordinality
        t (jid, kind_id, queue_id, priority, run_at, lane_key, ukey, args, meta, ord)
      join jewel.kind k on k.id = t.kind_id
      join jewel.queue q on q.id = t.queue_id
    where t.ukey is null or t.jid in (select unnest(won))
    order by t.ord),                    -- heap order is id order: a claim reads neighbours
  j as (
    insert into jewel.job
      (id, kind_id, queue_id, priority, flags, lane_key, unique_key, args, meta)
    select jid, kind_id, queue_id, priority, flags, lane_key, ukey, args, meta from inp),
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
  select ord, jid, false from inp;
  if uniq and cardinality(won) is distinct from cardinality(array_remove(ukeys, null)) then
    return query
    select t.ord::int, u.job_id, true
    from unnest(jids, ukeys) with ordinality t (jid, ukey, ord)
      left join jewel.unique_lock u on u.key = t.ukey
    where t.ukey is not null and (t.jid in (select unnest(won))) is not true;
  end if;
end $$;

-- The ids of names, made where they are new: a job is never lost because nobody knows its kind yet.
create function jewel.kind_id(nm text) returns int language plpgsql as $$
declare found_id int;
begin
  select k.id into found_id from jewel.kind k where k.name = nm;
  if found_id is null then
    insert into jewel.kind (name) values (nm) on conflict (name) do nothing;
    select k.id into strict found_id from jewel.kind k where k.name = nm;
  end if;
  return found_id;
end $$;

create function jewel.queue_id(nm text) returns smallint language plpgsql as $$
declare found_id smallint;
begin
  select q.id into found_id from jewel.queue q where q.name = nm;
  if found_id is null then
    insert into jewel.queue (name) values (nm) on conflict (name) do nothing;
    select q.id into strict found_id from jewel.queue q where q.name = nm;
  end if;
  return found_id;
end $$;

-- Jobs of one kind, by names. wait counts from now on the database's clock; run_at is absolute.
create function jewel.enqueue(
  kind text, queue text, prio smallint, wait interval, run_at timestamptz, argss jsonb[],
  meta jsonb)
returns table (ord int, id bigint, duplicate boolean) language plpgsql as $$
declare
  n  int[] := array[cardinality(argss)];
  at timestamptz := coalesce(run_at, clock_timestamp() + wait);
begin
  return query
  select e.ord, e.id, e.duplicate
  from jewel.enqueue_many(
    array_fill(jewel.kind_id(kind), n), array_fill(jewel.queue_id(queue), n),
    array_fill(prio, n), case when at is not null then array_fill(at, n) end,
    null, null, argss, array_fill(meta, n)) e;
end $$;

-- A job that waits for its parents. A parent that ends meanwhile is found by unblock's sweep.
create function jewel.enqueue_child(
  kind int, queue smallint, prio smallint, lane bigint, args jsonb, meta jsonb, parents bigint[])
returns bigint language plpgsql as $$
declare
  jid bigint := nextval('jewel.job_seq');
  fl  smallint;
  lk  bigint;
begin
  select (case when k.keep <= '0' then 4 else 0 end + case when k.solo then 8 else 0 end),
      case when q.keyed then coalesce(lane, 0) end
    into strict fl, lk
    from jewel.kind k, jewel.queue q
    where k.id = enqueue_child.kind and q.id = enqueue_child.queue;
  insert into jewel.job (id, kind_id, queue_id, priority, flags, lane_key, args, meta)
    values (jid, kind, queue, prio, fl, lk, args, meta);
  insert into jewel.dep select distinct p, jid from unnest(parents) p;
  insert into jewel.blocked (job_id, lane_key, kind_id, queue_id, priority, flags)
    values (jid, lk, kind, queue, prio, fl);
  return jid;
end $$;

-- ── claim ───────────────────────────────────────────────────────────────────────────────────────

-- One priority of a plain queue, from a cursor. leases[1] holds the batch; the i-th row takes
-- leases[1 + i] for itself if its kind is solo and the worker sent that many. Call it alone: its
-- commit is asynchronous. Rows come in no order.
create function jewel.claim(
  q smallint, p smallint, after_seq bigint, n int, w bigint, leases uuid[])
returns table (
  lease uuid, job_id bigint, seq bigint, kind_id int, attempt smallint, args jsonb, meta jsonb)
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
    where r.queue_id = q and r.priority = p and r.seq > after_seq
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
  select e.lease, e.job_id, e.seq, e.kind_id, (e.attempt + 1)::smallint, j.args, j.meta
  from e join jewel.job j on j.id = e.job_id;
end $$;

-- Where there is something to claim in plain queues, and from which seq on.
create function jewel.waiting(queues smallint[])
returns table (queue_id smallint, priority smallint, seq bigint)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
set plan_cache_mode = force_generic_plan as $$
begin
  return query
  select q.id, p.n, first.seq
  from unnest(queues) q (id), generate_series(0, 2) i, lateral (select i::smallint) p (n),
    lateral (
      select r.seq from jewel.ready r where r.queue_id = q.id and r.priority = p.n
      order by r.seq limit 1) first;
end $$;

-- How many jobs of plain queues are ready, counted up to most per queue.
create function jewel.depth(queues smallint[], most int)
returns table (queue_id smallint, jobs bigint)
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
  select q.id, (
    select count(*) from (select 1 from jewel.ready r where r.queue_id = q.id limit most) counted)
  from unnest(queues) q (id);
end $$;

-- A keyed queue: round robin over its keys, a lease per job (n leases), limits counted from lease,
-- so that there is nothing to leak.
create function jewel.claim_keyed(q smallint, after_key bigint, n int, w bigint, leases uuid[])
returns table (
  lease uuid, job_id bigint, lane_key bigint, kind_id int, attempt smallint, args jsonb,
  meta jsonb)
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
  if qr.rate_per is not null then       -- GCRA on the database's clock
    room := least(room, floor(
      extract(epoch from (clock_timestamp() - greatest(
        coalesce(qr.rate_tat, '-infinity'), clock_timestamp() - qr.rate_per * qr.rate_burst)))
      / extract(epoch from qr.rate_per))::int);
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
        select l.ctid from jewel.lane l where l.queue_id = q and l.lane_key = k
        order by l.priority, l.seq limit cap for update skip locked);
      tids := tids || x;
      room := room - cardinality(x);
    end if;
  end loop;
  if cardinality(tids) = 0 then
    return;
  end if;
  if qr.rate_per is not null then
    update jewel.queue
    set rate_tat = greatest(
        coalesce(rate_tat, '-infinity'), clock_timestamp() - rate_per * rate_burst)
      + rate_per * cardinality(tids)
    where id = q;
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
  select e.lease, e.job_id, e.lane_key, e.kind_id, (e.attempt + 1)::smallint, j.args, j.meta
  from e join jewel.job j on j.id = e.job_id;
end $$;

-- ── settle ──────────────────────────────────────────────────────────────────────────────────────

-- The only way out of a lease for its worker. Leases are locked in the order of their ids, then
-- their open sets shrink or the rows go. Every given (lease, id) comes back once: ours, with what
-- the lease knew, or refused (the lease is gone or another's, or the id is not in it).
create function jewel.take(w bigint, leases uuid[], jids bigint[])
returns table (
  ord int, refused boolean, lease uuid, job_id bigint, claimed_at timestamptz, lane_key bigint,
  queue_id smallint, priority smallint, kind_id int, attempt smallint, crashes smallint,
  flags smallint, cancelled boolean)
language plpgsql
set enable_seqscan = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  ls uuid[] := array(select distinct unnest(leases));
  js bigint[];
  os bigint[];
  v  jewel.lease;
begin
  perform 1 from jewel.lease x          -- its own statement: the next sees the locked versions
    where x.id = any(ls) and (x.worker_id = w) is true order by x.id for update;
  if cardinality(ls) = 1 then           -- fast path: one lease, all of it (ids are kept sorted)
    select * into v from jewel.lease x where x.id = ls[1] and x.worker_id = w;
    if cardinality(v.ids) = cardinality(jids) then
      select array_agg(t.j order by t.j), array_agg(t.o order by t.j) into js, os
        from unnest(jids) with ordinality t (j, o);
      if js = v.ids then
        delete from jewel.lease where id = v.id;
        return query
        select u.o::int, false, v.id, u.j, v.claimed_at, v.lane_key, v.queue_id, v.priority,
          u.k, u.a, u.c, u.f, u.j = any(v.cancel_ids)
        from unnest(os, v.ids, v.kinds, v.attempts, v.crashes, v.flags) u (o, j, k, a, c, f);
        return;
      end if;
    end if;
  end if;
  return query
  with o as materialized (
    select x.id lease, x.claimed_at, x.lane_key, x.queue_id, x.priority, x.cancel_ids, u.*
    from jewel.lease x,
      unnest(x.ids, x.kinds, x.attempts, x.crashes, x.flags)
        u (job_id, kind_id, attempt, crashes, flags)
    where x.id = any(ls) and (x.worker_id = w) is true),
  z as materialized (                   -- a full join can only be hashed here: never quadratic
    select o.*, g.lease glease, g.job_id gid, g.ord
    from o full join (
        select distinct on (t.lease, t.job_id) t.*
        from unnest(leases, jids) with ordinality t (lease, job_id, ord)) g
      on g.lease = o.lease and g.job_id = o.job_id),
  r as materialized (
    select lease, array_agg(job_id) ids, array_agg(kind_id) kinds, array_agg(attempt) attempts,
      array_agg(crashes) crashes, array_agg(flags) flags
    from (select * from z order by job_id) z
    where lease is not null and gid is null group by lease),
  x as (
    delete from jewel.lease
    where id = any(array(
      select lease from z where lease is not null group by lease
      having count(gid) = count(*)))),
  y as (
    update jewel.lease v
    set (ids, kinds, attempts, crashes, flags) = (
      select r.ids, r.kinds, r.attempts, r.crashes, r.flags from r where r.lease = v.id)
    where v.id = any(array(select lease from r)))
  select z.ord::int, z.lease is null, z.glease, z.gid, z.claimed_at, z.lane_key, z.queue_id,
    z.priority, z.kind_id, z.attempt, z.crashes, z.flags, z.gid = any(z.cancel_ids)
  from z where z.gid is not null;
end $$;

-- Done well. Rows come back only for what was refused, and for children to unblock.
create function jewel.complete(w bigint, leases uuid[], jids bigint[], results jsonb[])
returns table (what text, lease uuid, job_id bigint)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  rs jsonb[] := results;                -- a local array is expanded: rs[i] takes constant time
begin
  return query
  with t as materialized (select * from jewel.take(w, leases, jids)),
  ok as materialized (select * from t where not refused),
  h as (
    insert into jewel.finished
      (id, outcome, kind_id, queue_id, attempt, worker_id, started_at, result)
    select job_id, 1, kind_id, queue_id, attempt, w, claimed_at, rs[ord]
    from ok where flags & 4 = 0),
  d as (                                -- the bounds prune partitions
    delete from jewel.job
    where id = any(array(select job_id from ok where flags & 4 <> 0))
      and id between (select min(job_id) from ok where flags & 4 <> 0)
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

-- Not done. retry_at says when to try again (reason 6, snooze: the attempt is handed back, nothing
-- is recorded); without one the job is dead; with reason 5 or a pending cancel it is cancelled.
-- Rows come back for what was refused.
create function jewel.fail(
  w bigint, leases uuid[], jids bigint[], reasons smallint[], messages text[],
  retry_ats timestamptz[])
returns table (what text, lease uuid, job_id bigint)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  ms text[] := messages;
  ra timestamptz[] := retry_ats;
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
      attempt, w, claimed_at
    from ok where retry_at is null),
  u as (
    delete from jewel.unique_lock
    where job_id = any(array(select job_id from ok where retry_at is null and flags & 1 <> 0))
      and until is null)
  select 'refused', lease, job_id from t where refused;
end $$;

-- Back to the place that the job's id gives it, the attempt handed back; a pending cancel is
-- carried out. Without jids: whole leases.
create function jewel.release(w bigint, leases uuid[], jids bigint[])
returns table (what text, lease uuid, job_id bigint)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  if jids is null then
    select array_agg(x.id), array_agg(j) into leases, jids
      from jewel.lease x, unnest(x.ids) j where x.id = any(leases) and x.worker_id = w;
  end if;
  return query
  with t as materialized (select * from jewel.take(w, leases, jids)),
  ok as materialized (select * from t where not refused),
  l as (
    insert into jewel.lane
      (lane_key, seq, job_id, kind_id, queue_id, priority, attempt, crashes, flags)
    select lane_key, job_id, job_id, kind_id, queue_id, priority, attempt - 1, crashes, flags
    from ok where not cancelled and lane_key is not null),
  r as (
    insert into jewel.ready (seq, job_id, kind_id, queue_id, priority, attempt, crashes, flags)
    select job_id, job_id, kind_id, queue_id, priority, attempt - 1, crashes, flags
    from ok where not cancelled and lane_key is null),
  h as (
    insert into jewel.finished
      (id, outcome, kind_id, queue_id, attempt, worker_id, started_at)
    select job_id, 3, kind_id, queue_id, attempt - 1, w, claimed_at from ok where cancelled),
  u as (
    delete from jewel.unique_lock
    where job_id = any(array(select job_id from ok where cancelled and flags & 1 <> 0))
      and until is null)
  select 'refused', lease, job_id from t where refused;
end $$;

-- ── a worker's life ─────────────────────────────────────────────────────────────────────────────

create function jewel.enlist(nm text, ttl interval) returns bigint language sql as $$
  insert into jewel.worker (name, expires_at) values (nm, clock_timestamp() + ttl) returning id
$$;

-- Extends the worker's life and says what it must stop, and which leases it has held for longer
-- than ttl: one that it does not know came from a claim whose answer was lost, to be released.
create function jewel.beat(w bigint, ttl interval)
returns table (alive boolean, cancel_ids bigint[], leases uuid[]) language sql as $$
  with b as (
    update jewel.worker set expires_at = clock_timestamp() + ttl
    where id = w and dead_at is null and expires_at > clock_timestamp() returning 1)
  select exists (select 1 from b),
    array(
      select c from jewel.lease l, unnest(l.cancel_ids) c
      where l.worker_id = w and c = any(l.ids)),
    array(
      select l.id from jewel.lease l
      where l.worker_id = w and l.claimed_at < clock_timestamp() - ttl)
$$;

-- The worker ends: what it may still hold is rescued at once.
create function jewel.leave(w bigint) returns void language sql as $$
  update jewel.worker set dead_at = clock_timestamp() where id = w and dead_at is null
$$;

-- First declares the dead (an update, so that it decides against the newest row), then empties the
-- leases of workers that are dead or missing. A job that was open in max_crashes of them is
-- poisoned. n counts leases.
create function jewel.rescue(n int, max_crashes smallint)
returns table (job_id bigint, poisoned boolean) language plpgsql as $$
#variable_conflict use_column
declare
  ls uuid[];
begin
  update jewel.worker set dead_at = clock_timestamp()
  where id in (
      select id from jewel.worker where dead_at is null and expires_at <= clock_timestamp()
      order by id for update skip locked)
    and expires_at <= clock_timestamp();
  ls := array(
    select l.id from jewel.lease l
    where not exists (
      select 1 from jewel.worker k where k.id = l.worker_id and k.dead_at is null)
    order by l.id limit n for update skip locked);
  if cardinality(ls) = 0 then
    return;
  end if;
  return query
  with x as (delete from jewel.lease where id = any(ls) returning *),
  d as materialized (
    select x.worker_id, x.claimed_at, x.lane_key, x.queue_id, x.priority, u.*,
      u.job_id = any(x.cancel_ids) cancelled, u.crashes + 1 >= max_crashes poison
    from x,
      unnest(x.ids, x.kinds, x.attempts, x.crashes, x.flags)
        u (job_id, kind_id, attempt, crashes, flags)),
  e as (
    insert into jewel.failure (job_id, attempt, worker_id, reason, message)
    select job_id, attempt, worker_id, 4, 'worker lost' from d),
  s as (
    insert into jewel.scheduled
      (job_id, run_at, lane_key, kind_id, queue_id, priority, attempt, crashes, flags)
    select job_id, now() + interval '1 second' * (1 + random() * 4) * power(4, crashes),
      lane_key, kind_id, queue_id, priority, attempt, crashes + 1, flags
    from d where not poison and not cancelled),
  h as (
    insert into jewel.finished
      (id, outcome, kind_id, queue_id, attempt, worker_id, started_at)
    select job_id, case when cancelled then 3 else 4 end, kind_id, queue_id, attempt, worker_id,
      claimed_at
    from d where poison or cancelled),
  u as (
    delete from jewel.unique_lock
    where job_id = any(array(
        select job_id from d where (poison or cancelled) and flags & 1 <> 0))
      and until is null)
  select job_id, poison and not cancelled from d;
end $$;

-- ── upkeep ──────────────────────────────────────────────────────────────────────────────────────

-- Makes due jobs ready.
create function jewel.promote(n int) returns int
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  m int;
begin
  with c as materialized (
    select ctid t from jewel.scheduled where run_at <= now()
    order by run_at limit n for update skip locked),
  d as (
    delete from jewel.scheduled s where s.ctid = any(array(select t from c)) returning s.*),
  o as materialized (
    select d.*, nextval('jewel.job_seq') seq
    from (select * from d order by run_at, job_id) d),
  l as (
    insert into jewel.lane
      (lane_key, seq, job_id, kind_id, queue_id, priority, attempt, crashes, flags)
    select lane_key, seq, job_id, kind_id, queue_id, priority, attempt, crashes, flags
    from o where lane_key is not null),
  r as (
    insert into jewel.ready (seq, job_id, kind_id, queue_id, priority, attempt, crashes, flags)
    select seq, job_id, kind_id, queue_id, priority, attempt, crashes, flags
    from o where lane_key is null)
  select count(*) into m from o;
  return m;
end $$;

-- Frees children whose parents are done: those that complete named, or (null) all, which also drops
-- edges to parents that ended before their edge was seen.
create function jewel.unblock(children bigint[], n int) returns int language plpgsql as $$
declare
  m    int;
  tids tid[];
begin
  if children is null then
    delete from jewel.dep
    where ctid = any(array(
      select p.ctid from jewel.dep p
      where not exists (select 1 from jewel.job j where j.id = p.parent_id)
        or exists (select 1 from jewel.finished f where f.id = p.parent_id and f.outcome = 1)
      order by parent_id, child_id for update));
  end if;
  tids := array(
    select b.ctid from jewel.blocked b
    where (children is null or b.job_id = any(children))
      and not exists (select 1 from jewel.dep p where p.child_id = b.job_id)
    order by b.job_id limit n for update skip locked);
  with d as (delete from jewel.blocked b where b.ctid = any(tids) returning *),
  o as materialized (select d.*, nextval('jewel.job_seq') seq from d),
  l as (
    insert into jewel.lane (lane_key, seq, job_id, kind_id, queue_id, priority, flags)
    select lane_key, seq, job_id, kind_id, queue_id, priority, flags
    from o where lane_key is not null),
  r as (
    insert into jewel.ready (seq, job_id, kind_id, queue_id, priority, flags)
    select seq, job_id, kind_id, queue_id, priority, flags from o where lane_key is null)
  select count(*) into m from o;
  return m;
end $$;

-- 'cancelled' (it waited), 'requested' (it runs: its worker hears of it), 'not_live', or 'busy' (it
-- kept moving: ask again).
create function jewel.cancel(jid bigint) returns text language plpgsql as $$
declare
  n int;
  a smallint;
begin
  for i in 1..20 loop                   -- a new snapshot each turn: a moving job is caught later
    with x as (delete from jewel.ready where job_id = jid returning attempt),
    y as (delete from jewel.lane where job_id = jid returning attempt),
    z as (delete from jewel.scheduled where job_id = jid returning attempt),
    b as (delete from jewel.blocked where job_id = jid returning 0::smallint as attempt)
    select count(*), max(t.attempt) into n, a
      from (
        select * from x union all select * from y union all select * from z
        union all select * from b) t;
    if n > 0 then
      insert into jewel.finished (id, outcome, kind_id, queue_id, attempt)
        select j.id, 3, j.kind_id, j.queue_id, a from jewel.job j where j.id = jid;
      delete from jewel.unique_lock k where k.job_id = jid and k.until is null;
      delete from jewel.dep
      where ctid = any(array(
        select ctid from jewel.dep where child_id = jid order by parent_id for update));
      return 'cancelled';
    end if;
    update jewel.lease              -- few rows: scanned
      set cancel_ids = array_append(array_remove(cancel_ids, jid), jid) where jid = any(ids);
    if found then
      return 'requested';
    end if;
    if exists (select 1 from jewel.finished where id = jid)
      or not exists (select 1 from jewel.job where id = jid)
    then
      return 'not_live';
    end if;
  end loop;
  return 'busy';
end $$;

-- An operator's retry: ready again, attempts from zero. Returns the ids that moved; not those that
-- are unknown, or whose unique key has a new holder.
create function jewel.retry(jids bigint[]) returns setof bigint language plpgsql as $$
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
    select j.*, nextval('jewel.job_seq') seq from f join jewel.job j on j.id = f.id),
  l as (
    insert into jewel.lane (lane_key, seq, job_id, kind_id, queue_id, priority, flags)
    select lane_key, seq, id, kind_id, queue_id, priority, flags
    from o where lane_key is not null),
  r as (
    insert into jewel.ready (seq, job_id, kind_id, queue_id, priority, flags)
    select seq, id, kind_id, queue_id, priority, flags from o where lane_key is null)
  select id from o;
end $$;

-- Drops the partitions of one range of ids, or says why not. The lock outwaits open enqueues and
-- retries in that range. For the owner: only it can drop a table.
create function jewel.retire(suffix text, lo bigint, hi bigint) returns text
language plpgsql set lock_timeout = '500ms' as $$
declare
  young boolean;
  probe text := format(
    'select exists (
       select 1 from jewel.finished_%1$s f join jewel.kind k on k.id = f.kind_id
       where f.finished_at
         > now() - case f.outcome when 1 then k.keep else k.keep_failed end)', suffix);
begin
  execute probe into young;
  if young then
    return 'young';
  end if;
  execute format(
    'lock table jewel.job_%1$s, jewel.finished_%1$s, jewel.failure_%1$s
     in access exclusive mode', suffix);
  if exists (select 1 from jewel.ready where job_id >= lo and job_id < hi)
    or exists (select 1 from jewel.lane where job_id >= lo and job_id < hi)
    or exists (select 1 from jewel.scheduled where job_id >= lo and job_id < hi)
    or exists (select 1 from jewel.blocked where job_id >= lo and job_id < hi)
    or exists (select 1 from jewel.lease l, unnest(l.ids) i where i >= lo and i < hi)
  then
    return 'live';
  end if;
  execute probe into young;
  if young then
    return 'young';
  end if;
  execute format(
    'drop table jewel.job_%1$s, jewel.finished_%1$s, jewel.failure_%1$s', suffix);
  return 'dropped';
end $$;

-- Forgets what nobody needs: workers that died days ago and hold nothing, and the progress of jobs
-- that are over.
create function jewel.prune(n int) returns void language plpgsql as $$
begin
  delete from jewel.worker where id in (
    select k.id from jewel.worker k
    where k.dead_at < now() - interval '7 days'
      and not exists (select 1 from jewel.lease l where l.worker_id = k.id)
    order by k.id limit n for update skip locked);
  delete from jewel.progress where job_id in (
    select p.job_id from jewel.progress p
    where exists (select 1 from jewel.finished f where f.id = p.job_id)
      or not exists (select 1 from jewel.job j where j.id = p.job_id)
    order by p.job_id limit n for update skip locked);
end $$;

-- A compare-and-swap on next_at: any number of schedulers enqueue one job per tick.
create function jewel.cron_fire(nm text, expected timestamptz, following timestamptz)
returns bigint language plpgsql as $$
declare
  c   jewel.cron;
  jid bigint;
begin
  update jewel.cron set next_at = following
    where name = nm and next_at = expected and paused_at is null returning * into c;
  if not found then
    return null;
  end if;
  select e.id into jid
    from jewel.enqueue_many(
      array[c.kind_id], array[c.queue_id], array[0::smallint], array[null::timestamptz],
      array[null::bigint], array[null::bytea], array[c.args],
      array[jsonb_build_object('cron', nm, 'tick', expected)]) e;
  return jid;
end $$;

create function jewel.pause(q text) returns boolean language sql as $$
  update jewel.queue set paused_at = coalesce(paused_at, now()) where name = q returning true
$$;

create function jewel.resume(q text) returns boolean language sql as $$
  update jewel.queue set paused_at = null where name = q returning true
$$;

-- ── who wants to hear: hints on channel 'jewel', after a commit only ────────────────────────────

-- Jobs of a queue became ready, from min_seq on.
create function jewel.wake(queue text, min_seq bigint) returns void language sql as $$
  select pg_notify('jewel', 'ready ' || queue || ' ' || min_seq)
$$;

-- Something changed about these jobs (at most some 300: a payload has 8000 bytes).
create function jewel.tell(jids bigint[]) returns void language sql as $$
  select pg_notify('jewel', 'job ' || array_to_string(jids, ' ')) where cardinality(jids) > 0
$$;

-- How far jobs are, from the worker that holds them: others are not heard.
create function jewel.report(
  w bigint, leases uuid[], jids bigint[], percents smallint[], steps text[])
returns void language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into jewel.progress as p (job_id, percent, step)
    select t.jid, t.percent, t.step
    from unnest(leases, jids, percents, steps) t (lease, jid, percent, step)
      join jewel.lease l on l.id = t.lease and l.worker_id = w and t.jid = any(l.ids)
    order by t.jid
    on conflict (job_id) do update
      set percent = excluded.percent, step = excluded.step, at = clock_timestamp();
  perform jewel.tell(jids);
end $$;

-- Jobs that had reported are settled: forgets how far they were and tells who follows them.
create function jewel.hush(jids bigint[]) returns void language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  delete from jewel.progress where job_id = any(jids);
  perform jewel.tell(jids);
end $$;

-- ── for people, and for whoever asks whether all is well ────────────────────────────────────────

create view jewel.running as
  select u.job_id, l.id lease, l.worker_id, l.queue_id, l.priority, l.lane_key, u.kind_id,
    u.attempt, u.crashes, l.claimed_at, u.job_id = any(l.cancel_ids) cancel_requested
  from jewel.lease l,
    unnest(l.ids, l.kinds, l.attempts, l.crashes) u (job_id, kind_id, attempt, crashes);

create view jewel.place as
  select job_id, 'ready' place, attempt, null::timestamptz run_at from jewel.ready
  union all
  select job_id, 'ready', attempt, null from jewel.lane
  union all
  select job_id, case when attempt > 0 then 'retrying' else 'scheduled' end, attempt, run_at
  from jewel.scheduled
  union all
  select job_id, 'blocked', 0, null from jewel.blocked
  union all
  select job_id, 'running', attempt, null from jewel.running
  union all
  select id, (array['completed', 'dead', 'cancelled', 'poisoned'])[outcome], attempt, null
  from jewel.finished;

create view jewel.jobs as
  select j.id, k.name kind, q.name queue, j.priority, coalesce(p.place, 'LOST') state, p.attempt,
    p.run_at, j.args, j.created_at
  from jewel.job j
    join jewel.kind k on k.id = j.kind_id
    join jewel.queue q on q.id = j.queue_id
    left join jewel.place p on p.job_id = j.id;

-- The conservation law: every job is in exactly one place, and every place names a job. A row whose
-- places is not 1, or that has no job, breaks it.
create view jewel.conservation as
  select coalesce(j.id, p.job_id) id, j.id is not null as has_job, count(p.job_id)::int places,
    array_agg(p.place) filter (where p.place is not null) at
  from jewel.job j full join jewel.place p on p.job_id = j.id
  group by 1, 2;

-- ── what makes a repeated request one ───────────────────────────────────────────────────────────

create table jewel.once (
  caller     text not null,
  operation  text not null,
  key        text not null,
  body_hash  bytea not null,
  status     smallint not null,
  headers    jsonb not null,
  body       bytea not null,
  created_at timestamptz not null default now(),
  primary key (caller, operation, key)
);
create index once_created on jewel.once (created_at);

-- ── what the application's role may do ──────────────────────────────────────────────────────────

grant usage on schema jewel to jewel_app;
grant usage on sequence jewel.job_seq to jewel_app;
grant select, insert, update, delete on
  jewel.queue, jewel.kind, jewel.worker, jewel.leader, jewel.cron, jewel.job, jewel.finished,
  jewel.failure, jewel.scheduled, jewel.ready, jewel.lane, jewel.blocked, jewel.dep, jewel.lease,
  jewel.unique_lock, jewel.progress, jewel.once
  to jewel_app;
grant select on jewel.running, jewel.place, jewel.jobs, jewel.conservation to jewel_app;
grant execute on all functions in schema jewel to jewel_app;
alter default privileges in schema jewel
  grant select, insert, update, delete on tables to jewel_app;
alter default privileges in schema jewel grant usage on sequences to jewel_app;
alter default privileges in schema jewel grant execute on functions to jewel_app;
