-- $1 the finer span, from $2 on and before $3; $4 the coarser span, from $5 on. The first column is 0 for sums, 1 for the use of a
-- key, 2 for the times of the last delivery and the last success, 3 for a row of a breakdown, whose kind is the last column.
SELECT 0::int2, source, ARRAY[accepted, duplicates, attempts, done, retries, dead], time_to_done, NULL::text, NULL::int8, NULL::int2
FROM {schema}.statistic
WHERE span = $1::int2 AND at >= $2::int8 AND at < $3::int8
UNION ALL
SELECT 0::int2, source, ARRAY[accepted, duplicates, attempts, done, retries, dead], time_to_done, NULL, NULL, NULL
FROM {schema}.statistic
WHERE span = $4::int2 AND at >= $5::int8
UNION ALL
SELECT 1::int2, source, ARRAY[sum(number)::int8], NULL, key, max(last_at), NULL
FROM (
    SELECT source, key, number, last_at FROM {schema}.key_use WHERE span = $1 AND at >= $2 AND at < $3
    UNION ALL
    SELECT source, key, number, last_at FROM {schema}.key_use WHERE span = $4 AND at >= $5
) AS uses
GROUP BY source, key
UNION ALL
SELECT 3::int2, source, ARRAY[sum(number)::int8], NULL, name, max(last_at), kind
FROM (
    SELECT source, kind, name, number, last_at FROM {schema}.breakdown WHERE span = $1 AND at >= $2 AND at < $3
    UNION ALL
    SELECT source, kind, name, number, last_at FROM {schema}.breakdown WHERE span = $4 AND at >= $5
) AS counts
GROUP BY source, kind, name
UNION ALL
SELECT 2::int2, source, ARRAY[delivered_at, done_at], NULL, NULL, NULL, NULL
FROM {schema}.activity
