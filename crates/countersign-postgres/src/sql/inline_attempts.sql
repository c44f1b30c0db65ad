-- $1 source or null, $2 whether only failed ones, $3 the id after which the page begins or null, $4 rows at most.
SELECT id, source, provider, tenant, external_id, event_type, fence, (date_part('epoch', ended_at) * 1000)::int8, took, outcome, failure,
       code, error, worker
FROM {schema}.inline_attempt
WHERE ($1::text IS NULL OR source = $1) AND (NOT $2::bool OR outcome IN ('retry', 'dead')) AND ($3::int8 IS NULL OR id < $3)
ORDER BY id DESC
LIMIT $4
