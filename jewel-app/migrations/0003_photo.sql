-- Photos that were uploaded: what is known of them. Their bytes are in the object store.

create table photos (
  id         uuid primary key,
  account    uuid not null references accounts,
  -- The file's name as the client gave it: for people, never part of a path.
  name       text not null check (char_length(name) between 1 and 120),
  format     text not null check (format in ('jpeg', 'png', 'webp')),
  bytes      bigint not null check (bytes > 0),
  width      int not null check (width > 0),
  height     int not null check (height > 0),
  sha256     bytea not null check (octet_length(sha256) = 32),
  object     text not null unique check (char_length(object) between 1 and 512),
  created_at timestamptz not null default now(),
  unique (account, id)
);
create index photos_list on photos (account, created_at desc, id desc);

alter table photos enable row level security;
alter table photos force row level security;
create policy own on photos
  using (account = nullif(current_setting('jewel.account', true), '')::uuid);

grant select, insert, delete on photos to jewel_app;
