-- What the tests' application keeps: notes, each of one account.
create table note (
  id bigint generated always as identity primary key,
  account uuid not null,
  title text not null check (char_length(title) between 1 and 80)
);

alter table note enable row level security;
alter table note force row level security;
create policy own on note
  using (account = nullif(current_setting('jewel.account', true), '')::uuid)
  with check (account = nullif(current_setting('jewel.account', true), '')::uuid);

grant select, insert on note to jewel_app;
