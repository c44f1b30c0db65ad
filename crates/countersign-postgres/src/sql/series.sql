-- $1 the span, $2 the start of its first row.
SELECT source, at, ARRAY[accepted, duplicates, attempts, done, retries, dead]
FROM {schema}.statistic
WHERE span = $1::int2 AND at >= $2::int8
