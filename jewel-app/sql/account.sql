-- For public endpoints: rows of nobody in particular, by one narrow door each.

-- Whoever logs in is not known yet. The owner alone may look everywhere, and only looks here.
create policy log_in on users for select to current_user using (true);

create function user_by_email(wanted text)
returns table (id uuid, account uuid, password_hash text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select u.id, u.account, u.password_hash from public.users u where u.email = wanted $$;

revoke execute on function user_by_email(text) from public;
grant execute on function user_by_email(text) to jewel_app;
