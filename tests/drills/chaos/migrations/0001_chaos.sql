-- What the drill's jobs write down, and what was ordered.
create table orders (
  n    bigint primary key,
  kind text not null,
  job  bigint not null
);

-- One row for each time that a job's function began, and when it came to its end.
create table run (
  job     bigint not null,
  kind    text not null,
  process int not null,
  began   timestamptz not null default clock_timestamp(),
  ended   timestamptz
);
create index run_job on run (job);

-- What jobs wrote in the transaction that is their end.
create table effect (
  n   bigint not null,
  job bigint not null
);

create table tick (
  at  timestamptz not null,
  job bigint not null
);

-- When PostgreSQL was stopped, and when a process stood still.
create table blow (
  what    text not null,
  process int,
  began   timestamptz not null,
  ended   timestamptz not null
);

grant select, insert, update on orders, run, effect, tick, blow to jewel_app;
