-- One turn of a worker that costs nothing: takes a batch behind the last one, reads what is in it,
-- and settles it, saying of each job how long ago it began.
select coalesce(max(seq), :after) as after,
  sum(octet_length(args::text) + octet_length(meta::text)) as octets,
  coalesce(array_agg(job_id), '{}') as batch, coalesce(array_agg(lease), '{}') as fences,
  coalesce(array_agg(1), '{}') as agos
from jewel.claim(:queue::smallint, 1::smallint, :after, :most, :worker, array[gen_random_uuid()])
\gset
select count(*)
from jewel.complete(:worker, ':fences'::uuid[], ':batch'::bigint[], null, ':agos'::int[]);
