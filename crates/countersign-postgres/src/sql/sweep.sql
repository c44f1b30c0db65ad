-- $1 retention of what is done, $2 of dead letters, both in ms, $3 rows at most of each. What is ready or runs is never
-- touched; what others hold is left for the next time.
WITH done AS MATERIALIZED (
    SELECT id, day FROM {schema}.event
    WHERE state = 2 AND finished_at < {schema}.now_() - $1::int8 * interval '1 ms'
    ORDER BY finished_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
), dead AS MATERIALIZED (
    SELECT id, day FROM {schema}.event
    WHERE state = 3 AND finished_at < {schema}.now_() - $2::int8 * interval '1 ms'
    ORDER BY finished_at
    LIMIT greatest($3 - (SELECT count(*) FROM done), 0)
    FOR UPDATE SKIP LOCKED
), forgotten AS (
    DELETE FROM {schema}.event e
    USING (SELECT * FROM done UNION ALL SELECT * FROM dead) old
    WHERE e.id = old.id
    RETURNING e.id, e.day, e.fence
), raised AS (
    SELECT {schema}.raise_fence(max(fence)) FROM forgotten HAVING count(*) > 0
), freed AS (
    DELETE FROM {schema}.body b USING forgotten f WHERE b.event_id = f.id AND b.day = f.day
), unrecorded AS (
    DELETE FROM {schema}.attempt a USING forgotten f WHERE a.event_id = f.id
)
SELECT count(*) FROM forgotten WHERE (SELECT count(*) FROM raised) >= 0
