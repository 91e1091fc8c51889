-- One turn of a worker that costs nothing: takes a batch behind the last one, reads what is in it,
-- and settles it.
select coalesce(max(seq), :after) as after, sum(octet_length(args::text)) as octets,
  coalesce(array_agg(job_id), '{}') as batch, coalesce(array_agg(lease), '{}') as fences
from jewel.claim(:queue::smallint, 1::smallint, :after, :most, :worker, array[gen_random_uuid()])
\gset
select count(*) from jewel.complete(:worker, ':fences'::uuid[], ':batch'::bigint[], null);
