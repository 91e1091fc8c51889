-- Every transfer has two entries, of its amount, that sum to zero.

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
