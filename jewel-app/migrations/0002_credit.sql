-- The ledger: credits move between books in transfers, by double entry, and never vanish.
--
--   issued ──grant──▶ available ──hold──▶ held ──spend──▶ revenue
--                        ▲─────────release──┘
--
-- A transfer and its entries are written once and never changed: jewel_app may only add them. Two
-- of the books are a customer's own and have a balance, one row an account, locked by the update
-- that moves it: rival holds queue there, and no check-then-act can overdraw it. The system's two
-- books have no balance row, which every customer's spending would have to queue for: theirs is the
-- sum of the entries.

create table credit_transfers (
  id         uuid primary key,
  account    uuid not null references accounts,
  kind       text not null check (kind in ('grant', 'hold', 'spend', 'release')),
  amount     bigint not null check (amount between 1 and 1000000000),
  -- What it is for: the account that was opened, the shot that was ordered.
  reference  uuid not null,
  -- The hold that a spend or a release ends.
  hold       uuid,
  hold_kind  text generated always as (case when hold is not null then 'hold' end) stored,
  created_at timestamptz not null default now(),
  -- One cause moves credits once.
  constraint credit_transfers_once unique (kind, reference),
  -- A hold ends once, spent or released.
  constraint credit_transfers_ends_once unique (hold),
  constraint credit_transfers_ends check ((kind in ('spend', 'release')) = (hold is not null)),
  unique (id, account),
  unique (id, account, amount, kind),
  -- It ends whole, for the account that it was made for, and it is a hold.
  foreign key (hold, account, amount, hold_kind)
    references credit_transfers (id, account, amount, kind)
);
create index credit_transfers_list on credit_transfers (account, created_at desc, id desc);

create table credit_entries (
  transfer uuid not null,
  account  uuid not null,
  book     text not null check (book in ('issued', 'available', 'held', 'revenue')),
  amount   bigint not null check (amount <> 0),
  primary key (transfer, book),
  foreign key (transfer, account) references credit_transfers (id, account)
);

create table credit_balances (
  account   uuid primary key references accounts,
  available bigint not null default 0
    constraint credit_balances_available_covered check (available >= 0),
  held      bigint not null default 0
    constraint credit_balances_held_covered check (held >= 0)
) with (fillfactor = 50);

-- ── every transfer has two entries, of its amount, that sum to zero ─────────────────────────────

create function credit_balanced() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  moved uuid := case tg_table_name when 'credit_transfers' then to_jsonb(new) ->> 'id'
                  else to_jsonb(new) ->> 'transfer' end;
  ok    boolean;
begin
  select count(*) = 2 and sum(e.amount) = 0 and max(e.amount) = max(t.amount) into ok
    from public.credit_transfers t left join public.credit_entries e on e.transfer = t.id
    where t.id = moved;
  if ok is not true then
    raise exception 'the entries of transfer % do not balance', moved
      using errcode = 'check_violation', constraint = 'credit_entries_balance';
  end if;
  return null;
end $$;

create constraint trigger credit_transfers_balance after insert on credit_transfers
  deferrable initially deferred for each row execute function credit_balanced();
create constraint trigger credit_entries_balance after insert on credit_entries
  deferrable initially deferred for each row execute function credit_balanced();

-- ── who sees and does what ──────────────────────────────────────────────────────────────────────

alter table credit_transfers enable row level security;
alter table credit_transfers force row level security;
create policy own on credit_transfers
  using (account = nullif(current_setting('jewel.account', true), '')::uuid);

alter table credit_entries enable row level security;
alter table credit_entries force row level security;
create policy own on credit_entries
  using (account = nullif(current_setting('jewel.account', true), '')::uuid);

alter table credit_balances enable row level security;
alter table credit_balances force row level security;
create policy own on credit_balances
  using (account = nullif(current_setting('jewel.account', true), '')::uuid);

grant select, insert on credit_transfers, credit_entries to jewel_app;
grant select, insert on credit_balances to jewel_app;
grant update (available, held) on credit_balances to jewel_app;
