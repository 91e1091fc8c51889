-- A shot moves as shot/rules.rs draws it, and tells its changes apart.

create function shot_moved() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status <> old.status and not exists (
    select from public.shot_moves m where m.was = old.status and m.now = new.status)
  then
    raise exception 'a shot that is % does not become %', old.status, new.status
      using errcode = 'check_violation', constraint = 'shots_move';
  end if;
  new.version := old.version + 1;
  new.updated_at := pg_catalog.clock_timestamp();
  return new;
end $$;

create trigger shots_move before update on shots
  for each row execute function shot_moved();

-- A signed link names a shot and no caller: whose is it? The link itself is what permits the rest.
create policy signed_link on shots for select to current_user using (true);

create function account_of_shot(wanted uuid) returns uuid
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select s.account from public.shots s where s.id = wanted $$;

revoke execute on function account_of_shot(uuid) from public;
grant execute on function account_of_shot(uuid) to jewel_app;
