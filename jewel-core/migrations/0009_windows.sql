-- A claim may say where it ends, so that two of a worker's that are under way at once divide what
-- waits between them. As before otherwise; without an end, as earlier workers call it, it has none.
drop function jewel.claim(smallint, smallint, bigint, int, bigint, uuid[]);
create function jewel.claim(
  q smallint, p smallint, after_seq bigint, n int, w bigint, leases uuid[],
  upto_seq bigint default 9223372036854775807)
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
    where r.queue_id = q and r.priority = p and r.seq > after_seq and r.seq <= upto_seq
      and r.crashes = 0
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
