-- $1 retention in ms, $2 rows at most.
WITH old AS MATERIALIZED (
    SELECT id FROM {schema}.inline_attempt
    WHERE ended_at < {schema}.now_() - $1::int8 * interval '1 ms'
    ORDER BY ended_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), forgotten AS (
    DELETE FROM {schema}.inline_attempt a USING old WHERE a.id = old.id RETURNING a.id
)
SELECT count(*) FROM forgotten
