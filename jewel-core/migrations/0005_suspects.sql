-- Jobs that were open in a worker when it died are suspects: any of them may have killed it. They
-- are claimed one by one, each under a lease of its own, and run while nothing else runs in their
-- process, so that the next crash counts against the culprit alone.

create index ready_suspect on jewel.ready (queue_id, seq) where crashes > 0;
create index lane_suspect on jewel.lane (queue_id, seq) where crashes > 0;

-- As before, but those that may have killed a worker are left to claim_suspect.
create or replace function jewel.claim(
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
  select e.lease, e.job_id, e.seq, e.kind_id, (e.attempt + 1)::smallint, j.args, j.meta
  from e join jewel.job j on j.id = e.job_id;
end $$;

-- The same for keyed queues.
create or replace function jewel.claim_keyed(
  q smallint, after_key bigint, n int, w bigint, leases uuid[])
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

-- One suspect of these queues, the one that waits longest, within the limits of its queue.
create function jewel.claim_suspect(queues smallint[], w bigint, lease_id uuid)
returns table (
  lease uuid, job_id bigint, queue_id smallint, kind_id int, attempt smallint, args jsonb,
  meta jsonb)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  q   jewel.queue;
  one jewel.lane;
begin
  if not exists (
    select 1 from jewel.worker
    where id = w and dead_at is null and expires_at > clock_timestamp())
  then
    return;
  end if;
  for q in
    select * from jewel.queue where id = any(queues) and paused_at is null order by id
  loop
    if not q.keyed then
      delete from jewel.ready r where r.ctid = (
        select r.ctid from jewel.ready r where r.queue_id = q.id and r.crashes > 0
        order by r.seq limit 1 for update skip locked)
      returning null, r.seq, r.job_id, r.kind_id, r.queue_id, r.priority, r.attempt, r.crashes,
        r.flags into one;
    elsif pg_try_advisory_xact_lock(hashtextextended('jewel.keyed', q.id))
      and (q.global_limit is null or q.global_limit > (
        select count(*) from jewel.lease l where l.queue_id = q.id and l.lane_key is not null))
    then
      delete from jewel.lane t where t.ctid = (
        select l.ctid from jewel.lane l where l.queue_id = q.id and l.crashes > 0
          and (q.key_limit is null or q.key_limit > (
            select count(*) from jewel.lease r
            where r.queue_id = q.id and r.lane_key = l.lane_key))
        order by l.seq limit 1 for update skip locked)
      returning t.* into one;
    end if;
    continue when one.job_id is null;
    insert into jewel.lease
      (id, worker_id, claimed_at, lane_key, queue_id, priority, ids, kinds, attempts, crashes,
       flags)
      values (lease_id, w, clock_timestamp(), one.lane_key, q.id, one.priority,
        array[one.job_id], array[one.kind_id], array[(one.attempt + 1)::smallint],
        array[one.crashes], array[one.flags]);
    delete from jewel.unique_lock where job_id = one.job_id and one.flags & 2 <> 0;
    return query
      select lease_id, j.id, j.queue_id, j.kind_id, (one.attempt + 1)::smallint, j.args, j.meta
      from jewel.job j where j.id = one.job_id;
    return;
  end loop;
end $$;

-- As before, and a keyed queue counts as one source, whatever waits in its lanes. Priority -1 says
-- that suspects wait.
create or replace function jewel.waiting(queues smallint[])
returns table (queue_id smallint, priority smallint, seq bigint)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
set plan_cache_mode = force_generic_plan as $$
begin
  return query
  select q.id, p.n, first.seq
  from unnest(queues) q (id), generate_series(0, 2) i, lateral (select i::smallint) p (n),
    lateral (
      select r.seq from jewel.ready r
      where r.queue_id = q.id and r.priority = p.n and r.crashes = 0
      order by r.seq limit 1) first
  union all
  select q.id, 1::smallint, 0::bigint
  from unnest(queues) q (id)
  where exists (select from jewel.lane l where l.queue_id = q.id and l.crashes = 0)
  union all
  select q.id, (-1)::smallint, 0::bigint
  from unnest(queues) q (id)
  where exists (select from jewel.ready r where r.queue_id = q.id and r.crashes > 0)
    or exists (select from jewel.lane l where l.queue_id = q.id and l.crashes > 0);
end $$;

grant execute on all functions in schema jewel to jewel_app;
revoke execute on function jewel.retire(text, bigint, bigint) from public, jewel_app;
