-- $1 retention in ms, $2 rows at most.
WITH old AS MATERIALIZED (
    SELECT id FROM {schema}.audit
    WHERE at < {schema}.now_() - $1::int8 * interval '1 ms'
    ORDER BY at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), forgotten AS (
    DELETE FROM {schema}.audit a USING old WHERE a.id = old.id RETURNING a.id
)
SELECT count(*) FROM forgotten
