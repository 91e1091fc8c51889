-- What operators do: find jobs, count them, mend and discard them, run a schedule's job now, and
-- ask whether the conservation law holds.
--
-- Reading never looks at all of job or finished: ids come in order from primary keys, bad ends from
-- indexes of their own.

create index finished_badly_id on jewel.finished (id) where outcome <> 1;

-- ── find ────────────────────────────────────────────────────────────────────────────────────────

-- The first id from which on every job was enqueued after a moment, give or take: some jobs behind
-- it may be older, none before it is younger. Ids come from one sequence, so the times of enqueueing
-- ascend with them, but for transactions that were open for long: an hour is allowed for those.
create function jewel.id_since(moment timestamptz) returns bigint language plpgsql stable as $$
declare
  lo  bigint;                           -- before it all are older
  hi  bigint;                           -- from it on all are younger
  mid bigint;
  at  timestamptz;
begin
  select min(id), max(id) + 1 into lo, hi from jewel.job;
  while lo < hi loop
    mid := lo + (hi - lo) / 2;
    select created_at into at from jewel.job where id >= mid and id < hi order by id limit 1;
    if not found or at >= moment - interval '1 hour' then
      hi := mid;
    else
      lo := mid + 1;
    end if;
  end loop;
  return lo;
end $$;

-- Jobs before an id, the newest first. since: bad ends after it; of others, what was enqueued after
-- it. Planned for its very arguments, so that a place nobody asks for is not looked at.
create function jewel.find(
  states text[], kinds text[], queues text[], since timestamptz, before bigint, n int)
returns table (
  id bigint, kind text, queue text, priority smallint, state text, attempt smallint,
  created_at timestamptz, run_at timestamptz, started_at timestamptz, finished_at timestamptz,
  worker_id bigint, error text)
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  ks   int[] := case when kinds is not null then
    array(select k.id from jewel.kind k where k.name = any(kinds)) end;
  qs   smallint[] := case when queues is not null then
    array(select q.id from jewel.queue q where q.name = any(queues)) end;
  -- Only who did well is looked for by id: a bad end has an index, other places are few.
  lo   bigint := case when since is not null and (states is null or 'completed' = any(states))
    then jewel.id_since(since) end;
  over smallint[] := array(
    select o from unnest(array['completed', 'dead', 'cancelled', 'poisoned'])
      with ordinality w (word, o) where states is null or word = any(states));
begin
  return query
  with waits as (
    (select r.job_id, 'ready' state, r.attempt, r.kind_id, r.queue_id, null::timestamptz run_at
     from jewel.ready r
     where (states is null or 'ready' = any(states)) and r.job_id < before
       and (ks is null or r.kind_id = any(ks)) and (qs is null or r.queue_id = any(qs))
       and (since is null or exists (
         select from jewel.job j where j.id = r.job_id and j.created_at >= since))
     order by r.job_id desc limit n)
    union all
    (select r.job_id, 'ready', r.attempt, r.kind_id, r.queue_id, null
     from jewel.lane r
     where (states is null or 'ready' = any(states)) and r.job_id < before
       and (ks is null or r.kind_id = any(ks)) and (qs is null or r.queue_id = any(qs))
       and (since is null or exists (
         select from jewel.job j where j.id = r.job_id and j.created_at >= since))
     order by r.job_id desc limit n)
    union all
    (select r.job_id, case when r.attempt > 0 then 'retrying' else 'scheduled' end, r.attempt,
       r.kind_id, r.queue_id, r.run_at
     from jewel.scheduled r
     where (states is null
         or case when r.attempt > 0 then 'retrying' else 'scheduled' end = any(states))
       and (states is null or states && array['scheduled', 'retrying']) and r.job_id < before
       and (ks is null or r.kind_id = any(ks)) and (qs is null or r.queue_id = any(qs))
       and (since is null or exists (
         select from jewel.job j where j.id = r.job_id and j.created_at >= since))
     order by r.job_id desc limit n)
    union all
    (select r.job_id, 'blocked', 0::smallint, r.kind_id, r.queue_id, null
     from jewel.blocked r
     where (states is null or 'blocked' = any(states)) and r.job_id < before
       and (ks is null or r.kind_id = any(ks)) and (qs is null or r.queue_id = any(qs))
       and (since is null or exists (
         select from jewel.job j where j.id = r.job_id and j.created_at >= since))
     order by r.job_id desc limit n)),
  hits as (
    select w.job_id, w.state, w.attempt, w.run_at, null::timestamptz started_at,
      null::timestamptz finished_at, null::bigint worker_id
    from waits w
    union all
    (select r.job_id, 'running', r.attempt, null, r.claimed_at, null, r.worker_id
     from jewel.running r
     where (states is null or 'running' = any(states)) and r.job_id < before
       and (ks is null or r.kind_id = any(ks)) and (qs is null or r.queue_id = any(qs))
       and (since is null or exists (
         select from jewel.job j where j.id = r.job_id and j.created_at >= since))
     order by r.job_id desc limit n)
    union all
    (select f.id, 'completed', f.attempt, null, f.started_at, f.finished_at, f.worker_id
     from jewel.finished f
     where 1 = any(over) and f.outcome = 1 and f.id < before and (lo is null or f.id >= lo)
       and (ks is null or f.kind_id = any(ks)) and (qs is null or f.queue_id = any(qs))
       and (since is null or exists (
         select from jewel.job j where j.id = f.id and j.created_at >= since))
     order by f.id desc limit n)
    union all
    (select f.id, (array['completed', 'dead', 'cancelled', 'poisoned'])[f.outcome], f.attempt,
       null, f.started_at, f.finished_at, f.worker_id
     from jewel.finished f
     where over && array[2, 3, 4]::smallint[] and f.outcome <> 1 and f.outcome = any(over)
       and f.id < before and (since is null or f.finished_at >= since)
       and (ks is null or f.kind_id = any(ks)) and (qs is null or f.queue_id = any(qs))
     order by f.id desc limit n))
  select h.job_id, k.name, q.name, j.priority, h.state, h.attempt, j.created_at, h.run_at,
    h.started_at, h.finished_at, h.worker_id, e.message
  from (select * from hits order by job_id desc limit n) h
    join jewel.job j on j.id = h.job_id
    join jewel.kind k on k.id = j.kind_id
    join jewel.queue q on q.id = j.queue_id
    left join lateral (
      select x.message from jewel.failure x where x.job_id = h.job_id
      order by x.at desc limit 1) e on true
  order by h.job_id desc;
end $$;

-- ── count ───────────────────────────────────────────────────────────────────────────────────────

-- Since when a job has been ready, as well as one can tell: its place in the order came from the
-- sequence of the ids, so the next job that was enqueued dates it.
create function jewel.ready_since(jid bigint, place bigint) returns timestamptz
language sql stable as $$
  select coalesce(
    (select j.created_at from jewel.job j where j.id = jid and jid = place),
    (select j.created_at from jewel.job j where j.id > place order by j.id limit 1),
    (select max(x.at) from jewel.failure x where x.job_id = jid),
    (select j.created_at from jewel.job j where j.id = jid))
$$;

-- What waits and runs in each queue.
create function jewel.queue_stats() returns table (
  queue text, keyed boolean, paused_at timestamptz, ready bigint, scheduled bigint,
  retrying bigint, blocked bigint, running bigint, oldest_ready_at timestamptz)
language sql stable as $$
  with ready as materialized (
    select t.queue_id, count(*) n, min(t.seq) seq
    from (
      select queue_id, seq from jewel.ready union all select queue_id, seq from jewel.lane) t
    group by 1),
  later as materialized (
    select s.queue_id, count(*) filter (where s.attempt = 0) fresh,
      count(*) filter (where s.attempt > 0) again
    from jewel.scheduled s group by 1),
  held as materialized (select b.queue_id, count(*) n from jewel.blocked b group by 1),
  runs as materialized (
    select l.queue_id, sum(cardinality(l.ids))::bigint n from jewel.lease l group by 1)
  select q.name, q.keyed, q.paused_at, coalesce(ready.n, 0), coalesce(later.fresh, 0),
    coalesce(later.again, 0), coalesce(held.n, 0), coalesce(runs.n, 0),
    (select jewel.ready_since(t.job_id, ready.seq)
     from (
       select r.job_id from jewel.ready r where r.queue_id = q.id and r.seq = ready.seq
       union all
       select l.job_id from jewel.lane l where l.queue_id = q.id and l.seq = ready.seq) t
     limit 1)
  from jewel.queue q
    left join ready on ready.queue_id = q.id
    left join later on later.queue_id = q.id
    left join held on held.queue_id = q.id
    left join runs on runs.queue_id = q.id
  order by q.name
$$;

-- What waits and runs of each kind, and what ended badly since a moment.
create function jewel.kind_stats(since timestamptz) returns table (
  kind text, ready bigint, scheduled bigint, retrying bigint, blocked bigint, running bigint,
  dead bigint, cancelled bigint, poisoned bigint)
language sql stable as $$
  with places as (
    select kind_id, 'ready' place from jewel.ready
    union all select kind_id, 'ready' from jewel.lane
    union all
    select kind_id, case when attempt > 0 then 'retrying' else 'scheduled' end
    from jewel.scheduled
    union all select kind_id, 'blocked' from jewel.blocked
    union all select k, 'running' from jewel.lease l, unnest(l.kinds) k
    union all
    select f.kind_id, (array['dead', 'cancelled', 'poisoned'])[f.outcome - 1]
    from jewel.finished f where f.outcome <> 1 and f.finished_at >= since)
  select k.name, count(*) filter (where p.place = 'ready'),
    count(*) filter (where p.place = 'scheduled'), count(*) filter (where p.place = 'retrying'),
    count(*) filter (where p.place = 'blocked'), count(*) filter (where p.place = 'running'),
    count(*) filter (where p.place = 'dead'), count(*) filter (where p.place = 'cancelled'),
    count(*) filter (where p.place = 'poisoned')
  from jewel.kind k left join places p on p.kind_id = k.id
  group by k.id order by k.name
$$;

-- ── change ──────────────────────────────────────────────────────────────────────────────────────

-- Other arguments for a job that is over: the one exception to "written once". The lock on its end
-- keeps it over until the caller has made it ready again, by retry, in the same transaction.
create function jewel.mend(jid bigint, better jsonb) returns boolean language plpgsql as $$
begin
  perform from jewel.finished where id = jid for update;
  if not found then
    return false;
  end if;
  update jewel.job set args = better where id = jid;
  return found;
end $$;

-- Forgets jobs that are over, with everything that was written about them: this cannot be undone.
-- Returns the ids that are gone; not those that are unknown, not over, or that others wait for,
-- since those would take the missing parent for one that did well.
create function jewel.discard(jids bigint[]) returns setof bigint language plpgsql as $$
declare
  mine bigint[];
begin
  mine := array(
    select f.id from jewel.finished f
    where f.id = any(jids)
      and not exists (select from jewel.dep d where d.parent_id = f.id)
    order by f.id for update);
  delete from jewel.finished f where f.id = any(mine);
  delete from jewel.failure x where x.job_id = any(mine);
  delete from jewel.progress p where p.job_id = any(mine);
  delete from jewel.unique_lock k where k.job_id = any(mine);
  return query delete from jewel.job j where j.id = any(mine) returning j.id;
end $$;

-- Nothing is enqueued by the schedule until it is resumed. null: there is no such schedule.
create function jewel.cron_pause(nm text, pause boolean) returns boolean language sql as $$
  update jewel.cron
  set paused_at = case when pause then coalesce(paused_at, now()) end
  where name = nm returning true
$$;

-- Enqueues a schedule's job now, by an operator's wish; its next time stays what it was.
create function jewel.cron_run(nm text) returns bigint language plpgsql as $$
declare
  c   jewel.cron;
  jid bigint;
begin
  select * into c from jewel.cron where name = nm;
  if not found then
    return null;
  end if;
  select e.id into jid
    from jewel.enqueue_many(
      array[c.kind_id], array[c.queue_id], array[c.priority], array[null::timestamptz],
      array[null::bigint], array[null::bytea], array[c.args],
      array[jsonb_build_object('tick', now(), 'by', 'operator')]) e;
  return jid;
end $$;

-- ── check ───────────────────────────────────────────────────────────────────────────────────────

-- The conservation law for the ids from lo up to hi, by one snapshot: what breaks it there.
create function jewel.unconserved(lo bigint, hi bigint)
returns table (id bigint, has_job boolean, places int, at text[])
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
  return query
  select b.* from (
    select coalesce(j.id, p.job_id) id, j.id is not null has_job, count(p.job_id)::int places,
      array_agg(p.place) filter (where p.place is not null) at
    from (select j.id from jewel.job j where j.id >= lo and j.id < hi) j
      full join (
        select p.job_id, p.place from jewel.place p where p.job_id >= lo and p.job_id < hi) p
      on p.job_id = j.id
    group by 1, 2) b
  where b.places <> 1 or not b.has_job
  order by b.id;
end $$;

-- Those who check look whether anything spilt over.
grant select on jewel.job_default, jewel.finished_default, jewel.failure_default to jewel_app;
grant execute on all functions in schema jewel to jewel_app;
