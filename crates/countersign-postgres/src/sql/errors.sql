-- $1 source or null, $2 kinds at most.
SELECT source, event_type, failure, pattern, count, (date_part('epoch', first_at) * 1000)::int8,
       (date_part('epoch', last_at) * 1000)::int8, example
FROM {schema}.error_patterns($1, $2)
ORDER BY last_at DESC
