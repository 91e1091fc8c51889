-- Shots: what was ordered of a photo, and what became of it.
--
--   queued ─▶ rendering ─▶ completed | failed          queued | rendering ─▶ cancelled | failed
--
-- The same table of moves stands in shot/rules.rs; a test compares the two.

create table shots (
  id          uuid primary key,
  account     uuid not null references accounts,
  -- Nobody any more, once the photo is deleted.
  photo       uuid,
  style       text not null check (style ~ '^[a-z][a-z0-9-]{0,59}$'),
  note        text check (char_length(note) between 1 and 500),
  price       bigint not null check (price > 0),
  -- The credits that are set aside for it: spent when it completes, released when it does not.
  hold        uuid not null unique,
  hold_kind   text generated always as ('hold') stored,
  -- The job that renders it.
  job         bigint not null,
  status      text not null default 'queued'
    check (status in ('queued', 'rendering', 'completed', 'failed', 'cancelled')),
  -- The name under which a renderer elsewhere knows it, while it works there.
  ticket      text check (char_length(ticket) between 1 and 200),
  -- Why it failed.
  problem     text check (problem ~ '^[a-z][a-z_]{0,59}$'),
  jpeg_bytes  bigint check (jpeg_bytes > 0),
  webp_bytes  bigint check (webp_bytes > 0),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  finished_at timestamptz,
  -- Counts its changes, so that whoever follows it can tell them apart.
  version     int not null default 1,
  constraint shots_photo_known
    foreign key (account, photo) references photos (account, id) on delete set null (photo),
  foreign key (hold, account, price, hold_kind)
    references credit_transfers (id, account, amount, kind),
  constraint shots_photo_needed
    check (photo is not null or status in ('completed', 'failed', 'cancelled')),
  constraint shots_finished
    check ((status in ('completed', 'failed', 'cancelled')) = (finished_at is not null)),
  constraint shots_failed check ((status = 'failed') = (problem is not null)),
  constraint shots_completed check ((status = 'completed') = (jpeg_bytes is not null)),
  constraint shots_pictures check ((jpeg_bytes is null) = (webp_bytes is null))
) with (fillfactor = 80);
create index shots_list on shots (account, created_at desc, id desc);
create index shots_photo on shots (account, photo);

-- ── it moves as drawn above, and tells its changes apart ────────────────────────────────────────

create table shot_moves (
  was text not null,
  now text not null,
  primary key (was, now)
);
insert into shot_moves values
  ('queued', 'rendering'), ('queued', 'cancelled'), ('queued', 'failed'),
  ('rendering', 'completed'), ('rendering', 'cancelled'), ('rendering', 'failed');

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

-- ── who sees and does what ──────────────────────────────────────────────────────────────────────

alter table shots enable row level security;
alter table shots force row level security;
create policy own on shots
  using (account = nullif(current_setting('jewel.account', true), '')::uuid);

grant select, insert on shots to jewel_app;
grant update (status, ticket, problem, jpeg_bytes, webp_bytes, finished_at) on shots to jewel_app;
grant select on shot_moves to jewel_app;

-- A signed link names a shot and no caller: whose is it? The link itself is what permits the rest.
create policy signed_link on shots for select to current_user using (true);

create function account_of_shot(wanted uuid) returns uuid
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select s.account from public.shots s where s.id = wanted $$;

revoke execute on function account_of_shot(uuid) from public;
grant execute on function account_of_shot(uuid) to jewel_app;
