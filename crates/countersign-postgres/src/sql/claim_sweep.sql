-- $1 retention in ms, $2 rows at most. What runs is never touched; what others hold is left for the next time.
WITH old AS MATERIALIZED (
    SELECT key FROM {schema}.claim
    WHERE state <> 1 AND ended_at < {schema}.now_() - $1::int8 * interval '1 ms'
    ORDER BY ended_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), forgotten AS (
    DELETE FROM {schema}.claim c USING old WHERE c.key = old.key RETURNING c.key
), freed AS (
    DELETE FROM {schema}.claim_guard g USING forgotten WHERE g.key = forgotten.key RETURNING g.digest
)
SELECT count(*) FROM forgotten
