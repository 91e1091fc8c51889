-- What is to be done when a job of a kind dies: a job of another kind, which is enqueued by the very
-- statement that writes the end, whoever that is: a worker that gives up, or one that rescues.
--
-- It is here and not in a program, because whoever writes the end may have none of the two kinds.

alter table jewel.kind
  add column on_dead_kind_id  int,
  add column on_dead_queue_id smallint,
  add column on_dead_priority smallint;

-- Says what is done when a job of a kind dies; without a handler, nothing is.
create function jewel.declare_on_dead(nm text, handler text, queue text, prio smallint)
returns void language plpgsql as $$
declare
  kind  int := case when handler is not null then jewel.kind_id(handler) end;
  place smallint := case when handler is not null then jewel.queue_id(queue) end;
  rank  smallint := case when handler is not null then prio end;
begin
  update jewel.kind k
  set on_dead_kind_id = kind, on_dead_queue_id = place, on_dead_priority = rank
  where k.name = nm
    and (k.on_dead_kind_id, k.on_dead_queue_id, k.on_dead_priority)
      is distinct from (kind, place, rank);
end $$;

-- Enqueues the handler of a job that died: with everything that is known of it, for its account and
-- in its trace. It runs when the statement is over that wrote the end, so the last failure is there.
create function jewel.bury() returns trigger language plpgsql as $$
declare
  k jewel.kind;
begin
  select * into k from jewel.kind where id = new.kind_id and on_dead_kind_id is not null;
  if not found then
    return null;
  end if;
  perform e.id
  from jewel.job j
    join jewel.queue q on q.id = new.queue_id
    left join lateral (
      select x.reason, x.message from jewel.failure x where x.job_id = j.id
      order by x.at desc, x.attempt desc limit 1) f on true,
    lateral jewel.enqueue_many(
      array[k.on_dead_kind_id], array[k.on_dead_queue_id], array[k.on_dead_priority],
      array[null::timestamptz], array[null::bigint], array[null::bytea],
      array[jsonb_build_object(
        'id', j.id, 'kind', k.name, 'queue', q.name,
        'state', case new.outcome when 4 then 'poisoned' else 'dead' end,
        'attempts', new.attempt,
        'reason', coalesce((array['error', 'panic', 'timeout', 'worker_lost',
          'cancelled'])[f.reason], 'unknown'),
        'message', coalesce(f.message, ''),
        'enqueued_at', j.created_at, 'died_at', new.finished_at, 'args', j.args)],
      array[coalesce(j.meta, '{}') - 'tick']) e
  where j.id = new.id;
  return null;
end $$;

-- Few jobs die: for all others this is one comparison.
create trigger bury after insert on jewel.finished
  for each row when (new.outcome in (2, 4)) execute function jewel.bury();

grant execute on all functions in schema jewel to jewel_app;
revoke execute on function jewel.retire(text, bigint, bigint) from public, jewel_app;
