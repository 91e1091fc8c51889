-- Making and dropping a range of ids holds nobody up for long: tables are locked one at a time, or
-- in the order of those who settle jobs, and a lock that is not to be had at once is soon.

-- Makes what the next range lacks once the last one is half used, one table a call: who locks one
-- at a time waits for nobody who waits for it. The table's name, if it made one.
create or replace function jewel.extend() returns text
language plpgsql security definer set search_path = pg_catalog set lock_timeout = '100ms' as $$
declare
  width  constant bigint := 10000000;
  top    bigint;
  used   bigint;
  kind   text;
  name   text;
begin
  select max(r.hi) into top from jewel.range r;
  select last_value into used from jewel.job_seq;
  if used < top - width / 2
    or not pg_try_advisory_xact_lock(hashtextextended('jewel.range', 0))
  then
    return null;
  end if;
  foreach kind in array array['failure', 'finished', 'job'] loop  -- the last one makes the range
    name := format('%s_p%s', kind, top / width);
    if to_regclass('jewel.' || name) is null then
      execute format('create table jewel.%s partition of jewel.%s for values from (%s) to (%s)',
        name, kind, top, top + width);
      return name;
    end if;
  end loop;
  return null;
end $$;

-- As before, but the tables are locked in the order in which jobs are settled.
create or replace function jewel.retire(suffix text, lo bigint, hi bigint) returns text
language plpgsql set lock_timeout = '100ms' as $$
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
  lock table only jewel.finished, only jewel.job, only jewel.failure in access exclusive mode;
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
