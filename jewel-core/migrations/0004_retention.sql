-- What is over is forgotten when its time has come: whole ranges of ids by dropping their
-- partitions, and within the ranges that are still in use row by row.
--
-- The functions act for the owner, since only it may make and drop tables: they take no names, and
-- an application can do with them no more than what is due anyway.

-- The ranges that have partitions, lowest first.
create view jewel.range as
  select substring(c.relname from 'job_(p\d+)') suffix,
    substring(b.bound from 'FROM \(''?(\d+)')::bigint lo,
    substring(b.bound from 'TO \(''?(\d+)')::bigint hi
  from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    cross join lateral (select pg_get_expr(c.relpartbound, c.oid) bound) b
  where i.inhparent = 'jewel.job'::regclass and b.bound <> 'DEFAULT'
  order by 2;

-- Makes the range after the last one, once that is half used; the name of its suffix, if it did.
create function jewel.extend() returns text
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '500ms' as $$
declare
  width  constant bigint := 10000000;
  top    bigint;
  used   bigint;
  suffix text;
begin
  select max(r.hi) into top from jewel.range r;
  select last_value into used from jewel.job_seq;
  if used < top - width / 2
    or not pg_try_advisory_xact_lock(hashtextextended('jewel.range', 0))
  then
    return null;
  end if;
  suffix := 'p' || top / width;
  execute format(
    'create table jewel.job_%1$s partition of jewel.job for values from (%2$s) to (%3$s);
     create table jewel.finished_%1$s partition of jewel.finished
       for values from (%2$s) to (%3$s);
     create table jewel.failure_%1$s partition of jewel.failure
       for values from (%2$s) to (%3$s)', suffix, top, top + width);
  return suffix;
end $$;

-- Drops the ranges that are used up and of which nothing is to be kept; how many.
create function jewel.retire_old() returns int
language plpgsql security definer set search_path = pg_catalog as $$
declare
  used    bigint;
  old     record;
  dropped int := 0;
begin
  select last_value into used from jewel.job_seq;
  if not pg_try_advisory_xact_lock(hashtextextended('jewel.range', 0)) then
    return 0;
  end if;
  for old in select * from jewel.range r where r.hi < used order by r.lo loop
    begin
      if jewel.retire(old.suffix, old.lo, old.hi) = 'dropped' then
        dropped := dropped + 1;
      end if;
    exception when lock_not_available then null;    -- somebody reads it: the next time
    end;
  end loop;
  return dropped;
end $$;

-- Forgets at most n jobs that are over for longer than they are to be kept, behind a place in the
-- order of ids; the place to go on from, or null where the end was reached.
create function jewel.forget(after_id bigint, n int) returns bigint
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  seen bigint[];
  old  bigint[];
begin
  select array_agg(f.id), array_agg(f.id) filter (
      where f.finished_at <= now() - case f.outcome when 1 then k.keep else k.keep_failed end)
    into seen, old
    from (select * from jewel.finished f where f.id > after_id order by f.id limit n) f
      join jewel.kind k on k.id = f.kind_id;
  -- Locked first: what an operator runs again meanwhile stays.
  old := array(select f.id from jewel.finished f where f.id = any(old) order by f.id
    for update skip locked);
  delete from jewel.finished f where f.id = any(old);
  delete from jewel.failure f where f.job_id = any(old);
  delete from jewel.job j where j.id = any(old);
  return case when cardinality(seen) = n then seen[n] end;
end $$;

grant select on jewel.range to jewel_app;
grant execute on all functions in schema jewel to jewel_app;
revoke execute on function jewel.retire(text, bigint, bigint) from public, jewel_app;
