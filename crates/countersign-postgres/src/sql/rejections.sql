-- $1 source or null, $2 the start of the first hour, $3 samples per source. The first column is whether the row is a sample.
SELECT false, source, provider, kind, sum(number)::int8, max(last_at), NULL::text, NULL::text, NULL::int8
FROM {schema}.rejection
WHERE at >= $2::int8 AND ($1::text IS NULL OR source = $1)
GROUP BY source, provider, kind
UNION ALL
SELECT true, source, NULL, kind, NULL, at, cause, head, id
FROM (
    SELECT *, row_number() OVER (PARTITION BY source ORDER BY id DESC) AS nth
    FROM {schema}.rejection_sample
    WHERE $1 IS NULL OR source = $1
) AS sample
WHERE nth <= $3::int8
ORDER BY 1, 9 DESC
