-- Accounts and the people who act for them.
--
-- The owner role runs this; the application works as jewel_app, which gets exactly what it needs.
-- Every owned table has row-level security, forced: its owner writes no row by chance either.

grant usage on schema public to jewel_app;

create table accounts (
  id         uuid primary key,
  created_at timestamptz not null default now()
);

create table users (
  id            uuid primary key,
  account       uuid not null references accounts,
  -- Lower case by the application, so that two spellings of one address are one person.
  email         text not null
    constraint users_email_unique unique
    check (email = lower(email collate "C"))
    check (char_length(email) between 3 and 254 and position('@' in email) > 1),
  password_hash text not null check (password_hash like '$argon2id$%'),
  created_at    timestamptz not null default now()
);
create index users_account on users (account);

alter table accounts enable row level security;
alter table accounts force row level security;
create policy own on accounts
  using (id = nullif(current_setting('jewel.account', true), '')::uuid);

alter table users enable row level security;
alter table users force row level security;
create policy own on users
  using (account = nullif(current_setting('jewel.account', true), '')::uuid);

grant select, insert on accounts to jewel_app;
grant select, insert on users to jewel_app;

-- ── for public endpoints: rows of nobody in particular, by one narrow door each ─────────────────

-- Whoever logs in is not known yet. The owner alone may look everywhere, and only looks here.
create policy log_in on users for select to current_user using (true);

create function user_by_email(wanted text)
returns table (id uuid, account uuid, password_hash text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select u.id, u.account, u.password_hash from public.users u where u.email = wanted $$;

revoke execute on function user_by_email(text) from public;
grant execute on function user_by_email(text) to jewel_app;
