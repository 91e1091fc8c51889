-- What a kind and a queue promise, written by whoever knows the annotations: every process of the
-- application, when it starts. The last one to say it is right; nothing is written where it is so
-- already.

alter table jewel.cron add column priority smallint not null default 1;

create function jewel.declare_kind(
  nm text, kept interval, until text, ttl interval, alone boolean)
returns int language plpgsql as $$
declare found_id int;
begin
  insert into jewel.kind as k (name, keep, unique_until, unique_ttl, solo)
    values (nm, kept, until, ttl, alone)
    on conflict (name) do update
      set keep = kept, unique_until = until, unique_ttl = ttl, solo = alone
      where (k.keep, k.unique_until, k.unique_ttl, k.solo)
        is distinct from (kept, until, ttl, alone);
  select k.id into strict found_id from jewel.kind k where k.name = nm;
  return found_id;
end $$;

-- A queue with a limit in the cluster or a rate is keyed: its jobs wait in lanes.
create function jewel.declare_queue(
  nm text, per_key int, at_once int, every interval, burst int)
returns smallint language plpgsql as $$
declare
  found_id smallint;
  lanes    boolean := coalesce(per_key, at_once, burst) is not null;
begin
  insert into jewel.queue as q (name, keyed, key_limit, global_limit, rate_per, rate_burst)
    values (nm, lanes, per_key, at_once, every, burst)
    on conflict (name) do update
      set keyed = lanes, key_limit = per_key, global_limit = at_once, rate_per = every,
        rate_burst = burst
      where (q.keyed, q.key_limit, q.global_limit, q.rate_per, q.rate_burst)
        is distinct from (lanes, per_key, at_once, every, burst);
  select q.id into strict found_id from jewel.queue q where q.name = nm;
  return found_id;
end $$;

-- Jobs that wait where their queue no longer looks, because it was plain and is keyed now or the
-- reverse, move to the other table. A job enqueued by a transaction that began before the change
-- is moved by a later call.
create function jewel.align(n int) returns int language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  q     jewel.queue;
  moved int := 0;
  m     int;
begin
  for q in select * from jewel.queue order by id loop
    if q.keyed then
      with d as (
        delete from jewel.ready r where r.ctid = any(array(
          select r.ctid from jewel.ready r where r.queue_id = q.id limit n for update skip locked))
        returning r.*)
      insert into jewel.lane
        (lane_key, seq, job_id, kind_id, queue_id, priority, attempt, crashes, flags)
      select coalesce(j.lane_key, 0), d.seq, d.job_id, d.kind_id, d.queue_id, d.priority,
        d.attempt, d.crashes, d.flags
      from d join jewel.job j on j.id = d.job_id;
    else
      with d as (
        delete from jewel.lane l where l.ctid = any(array(
          select l.ctid from jewel.lane l where l.queue_id = q.id limit n for update skip locked))
        returning l.*)
      insert into jewel.ready
        (seq, job_id, kind_id, queue_id, priority, attempt, crashes, flags)
      select d.seq, d.job_id, d.kind_id, d.queue_id, d.priority, d.attempt, d.crashes, d.flags
      from d;
    end if;
    get diagnostics m = row_count;
    moved := moved + m;
  end loop;
  return moved;
end $$;

-- As before, but the key by which a job is limited stays with it, also while its queue has no
-- limit: it may get one.
create or replace function jewel.enqueue_many(
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
      t.lane_key own_key, case when q.keyed then coalesce(t.lane_key, 0) end lane_key,
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
  select ord, jid, false from inp;
  if uniq and cardinality(won) is distinct from cardinality(array_remove(ukeys, null)) then
    return query
    select t.ord::int, u.job_id, true
    from unnest(jids, ukeys) with ordinality t (jid, ukey, ord)
      left join jewel.unique_lock u on u.key = t.ukey
    where t.ukey is not null and (t.jid in (select unnest(won))) is not true;
  end if;
end $$;

-- As before, and with the keys by which jobs are limited and unique.
drop function jewel.enqueue(text, text, smallint, interval, timestamptz, jsonb[], jsonb);
create function jewel.enqueue(
  kind text, queue text, prio smallint, wait interval, run_at timestamptz, lanes bigint[],
  ukeys bytea[], argss jsonb[], meta jsonb)
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
    lanes, ukeys, argss, array_fill(meta, n)) e;
end $$;

-- As before, and what waits in lanes counts too.
create or replace function jewel.depth(queues smallint[], most int)
returns table (queue_id smallint, jobs bigint)
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
  select q.id, (
    select count(*) from (
      (select 1 from jewel.ready r where r.queue_id = q.id limit most)
      union all
      (select 1 from jewel.lane l where l.queue_id = q.id limit most)) counted)
  from unnest(queues) q (id);
end $$;

-- Says when a job is due by its schedule. Where the schedule changed, or is new, the next time is
-- the given one; otherwise what was planned stays.
create function jewel.declare_cron(
  nm text, queue text, prio smallint, pattern text, zone text, arguments jsonb,
  following timestamptz)
returns void language plpgsql as $$
declare
  kind  int := jewel.kind_id(nm);
  place smallint := jewel.queue_id(queue);
begin
  insert into jewel.cron as c (name, kind_id, queue_id, priority, expr, tz, args, next_at)
    values (nm, kind, place, prio, pattern, zone, arguments, following)
    on conflict (name) do update
      set kind_id = kind, queue_id = place, priority = prio, expr = pattern, tz = zone,
        args = arguments,
        next_at = case when (c.expr, c.tz) = (pattern, zone) then c.next_at else following end
      where (c.kind_id, c.queue_id, c.priority, c.expr, c.tz, c.args)
        is distinct from (kind, place, prio, pattern, zone, arguments);
end $$;

-- A compare-and-swap on next_at: any number of schedulers enqueue one job per tick. Without a job
-- to enqueue (wanted is false) the tick is passed over.
drop function jewel.cron_fire(text, timestamptz, timestamptz);
create function jewel.cron_fire(
  nm text, expected timestamptz, following timestamptz, tick timestamptz, wanted boolean)
returns bigint language plpgsql as $$
declare
  c   jewel.cron;
  jid bigint;
begin
  update jewel.cron set next_at = following
    where name = nm and next_at = expected and paused_at is null returning * into c;
  if not found or not wanted then
    return null;
  end if;
  select e.id into jid
    from jewel.enqueue_many(
      array[c.kind_id], array[c.queue_id], array[c.priority], array[null::timestamptz],
      array[null::bigint], array[null::bytea], array[c.args],
      array[jsonb_build_object('tick', tick)]) e;
  return jid;
end $$;

grant execute on all functions in schema jewel to jewel_app;
