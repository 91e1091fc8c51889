-- The schema `public` as PostgreSQL knows it, as one JSON document that does not depend on the
-- server's version, its roles' names or the order of anything: all lists are sorted but columns.
with
  t as (
    select c.oid, c.relname, c.relowner, c.relkind, c.reloptions, c.relacl, c.relrowsecurity,
      c.relforcerowsecurity
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
      and not c.relispartition and c.relname <> '_sqlx_migrations'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')),
  -- Rights of others than the owner; of one column as `update (column)`.
  rights as (
    select t.oid, coalesce(r.rolname, 'public') as role, lower(a.privilege_type) as what
    from t, aclexplode(t.relacl) a left join pg_roles r on r.oid = a.grantee
    where a.grantee <> t.relowner
    union all
    select t.oid, coalesce(r.rolname, 'public'),
      lower(a.privilege_type) || ' (' || quote_ident(c.attname) || ')'
    from t join pg_attribute c on c.attrelid = t.oid and c.attnum > 0 and not c.attisdropped,
      aclexplode(c.attacl) a left join pg_roles r on r.oid = a.grantee
    where a.grantee <> t.relowner)
select jsonb_build_object(
  'tables', coalesce((
    select jsonb_object_agg(t.relname, jsonb_build_object(
      'columns', (
        select jsonb_agg(jsonb_build_object(
          'name', a.attname,
          'type', format_type(a.atttypid, a.atttypmod),
          'null', not a.attnotnull,
          'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid, true) end,
          'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid, true) end,
          'collation', (
            select quote_ident(l.collname) from pg_collation l
            where l.oid = a.attcollation and l.oid <> ty.typcollation)
        ) order by a.attnum)
        from pg_attribute a join pg_type ty on ty.oid = a.atttypid
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped),
      'constraints', coalesce((
        select jsonb_object_agg(k.conname, pg_get_constraintdef(k.oid, true))
        from pg_constraint k
        where k.conrelid = t.oid and k.contype in ('p', 'u', 'f', 'c', 'x')), '{}'),
      'indexes', coalesce((
        select jsonb_object_agg(i.relname, pg_get_indexdef(i.oid, 0, true))
        from pg_index x join pg_class i on i.oid = x.indexrelid
        where x.indrelid = t.oid
          and not exists (select from pg_constraint k where k.conindid = i.oid
            and k.contype in ('p', 'u', 'x'))), '{}'),
      'security', case when t.relforcerowsecurity then 'forced'
        when t.relrowsecurity then 'on' else 'off' end,
      'policies', coalesce((
        select jsonb_object_agg(p.polname, jsonb_build_object(
          'permissive', p.polpermissive,
          'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert'
            when 'w' then 'update' when 'd' then 'delete' else 'all' end,
          'roles', (
            select jsonb_agg(name order by name) from (
              select case when r = 0 then 'public' when r = t.relowner then 'current_user'
                else quote_ident(r::regrole::text) end as name
              from unnest(p.polroles) r) n),
          'using', pg_get_expr(p.polqual, p.polrelid, true),
          'check', pg_get_expr(p.polwithcheck, p.polrelid, true)))
        from pg_policy p where p.polrelid = t.oid), '{}'),
      'triggers', coalesce((
        select jsonb_object_agg(g.tgname, pg_get_triggerdef(g.oid, true))
        from pg_trigger g where g.tgrelid = t.oid and not g.tgisinternal), '{}'),
      'grants', coalesce((
        select jsonb_object_agg(role, whats) from (
          select role, jsonb_agg(what order by what) as whats from rights
          where rights.oid = t.oid group by role) g), '{}'),
      'options', coalesce((
        select jsonb_agg(replace(o, '=', ' = ') order by o) from unnest(t.reloptions) o), '[]'),
      'partitioned', (select pg_get_partkeydef(t.oid) where t.relkind = 'p')))
    from t where t.relkind in ('r', 'p')), '{}'),
  'views', coalesce((
    select jsonb_object_agg(t.relname, jsonb_build_object(
      'materialized', t.relkind = 'm',
      'definition', pg_get_viewdef(t.oid, true),
      'options', coalesce((
        select jsonb_agg(replace(o, '=', ' = ') order by o) from unnest(t.reloptions) o), '[]'),
      'grants', coalesce((
        select jsonb_object_agg(role, whats) from (
          select role, jsonb_agg(what order by what) as whats from rights
          where rights.oid = t.oid group by role) g), '{}')))
    from t where t.relkind in ('v', 'm')), '{}'),
  'functions', coalesce((
    select jsonb_object_agg(
      p.oid::regprocedure::text, jsonb_build_object(
        'kind', case p.prokind when 'p' then 'procedure' else 'function' end,
        'definition', pg_get_functiondef(p.oid),
        'grants', (
          select coalesce(jsonb_agg(name order by name), '[]') from (
            select coalesce(r.rolname, 'public') as name
            from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
              left join pg_roles r on r.oid = a.grantee
            where a.grantee <> p.proowner) g)))
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')), '{}'),
  'extensions', (
    select coalesce(jsonb_agg(e.extname order by e.extname), '[]') from pg_extension e
    where e.extname <> 'plpgsql'),
  'schema', (
    select coalesce(jsonb_agg(r.rolname || ' ' || lower(a.privilege_type)
      order by r.rolname, a.privilege_type), '[]')
    from pg_namespace n, aclexplode(n.nspacl) a join pg_roles r on r.oid = a.grantee
    where n.nspname = 'public' and a.grantee <> n.nspowner and r.rolname <> 'pg_database_owner'),
  -- What the planner does not know: a migration by hand makes and drops it.
  'others', (
    select coalesce(jsonb_agg(what order by what), '[]') from (
      select case t.typtype when 'e' then 'enum ' || quote_ident(t.typname) || ' (' || (
          select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
          from pg_enum e where e.enumtypid = t.oid) || ')'
        else 'domain ' || quote_ident(t.typname) || ' as '
          || format_type(t.typbasetype, t.typtypmod) end as what
      from pg_type t
      where t.typnamespace = 'public'::regnamespace and t.typtype in ('d', 'e')
        and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
      union all
      select 'sequence ' || quote_ident(c.relname) from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i', 'e'))
    ) o))
