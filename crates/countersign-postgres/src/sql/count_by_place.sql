-- $1 source or null, $2 state or null.
SELECT coalesce(sum(count), 0)::int8
FROM {schema}.event_counts()
WHERE ($1::text IS NULL OR source = $1) AND ($2::int2 IS NULL OR state = $2)
