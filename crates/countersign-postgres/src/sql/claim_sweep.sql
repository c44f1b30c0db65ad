-- $1 retention in ms, $2 rows at most of each kind. What runs is touched only when its lease ended so long ago: its process
-- has ended, too. What others hold is left for the next time.
WITH ended AS MATERIALIZED (
    SELECT key FROM {schema}.claim
    WHERE state <> 1 AND ended_at < {schema}.now_() - $1::int8 * interval '1 ms'
    ORDER BY ended_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), crashed AS MATERIALIZED (
    SELECT key FROM {schema}.claim
    WHERE state = 1 AND expires_at < {schema}.now_() - $1::int8 * interval '1 ms'
    ORDER BY expires_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), forgotten AS (
    DELETE FROM {schema}.claim c
    USING (SELECT key FROM ended UNION ALL SELECT key FROM crashed) old
    WHERE c.key = old.key
    RETURNING c.key, c.fence
), raised AS (
    SELECT {schema}.raise_fence(max(fence)) FROM forgotten HAVING count(*) > 0
), freed AS (
    DELETE FROM {schema}.claim_guard g USING forgotten WHERE g.key = forgotten.key RETURNING g.digest
)
SELECT count(*) FROM forgotten WHERE (SELECT count(*) FROM raised) >= 0
