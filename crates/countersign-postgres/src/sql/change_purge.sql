-- $1 to $9 filter, $10 the number before the first, $11 events at most, $12 whether nothing is done, $13 actor,
-- $14 detail.
WITH meant AS MATERIALIZED (
    SELECT e.id, e.day
    FROM {schema}.event e
    WHERE {filter}
      AND ($10::int8 IS NULL OR e.id > $10)
      AND e.state IN (2, 3)
    ORDER BY e.id
    LIMIT $11
    FOR UPDATE OF e
), purged AS (
    DELETE FROM {schema}.event e USING meant WHERE e.id = meant.id AND NOT $12 RETURNING e.fence
), raised AS (
    SELECT {schema}.raise_fence(max(fence)) FROM purged HAVING count(*) > 0
), freed AS (
    DELETE FROM {schema}.body b USING meant WHERE b.event_id = meant.id AND b.day = meant.day AND NOT $12
), unrecorded AS (
    DELETE FROM {schema}.attempt a USING meant WHERE a.event_id = meant.id AND NOT $12
), audited AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $13, 'purge', array_agg(id ORDER BY id), $14
    FROM meant
    WHERE NOT $12
    HAVING count(*) > 0
)
SELECT id FROM meant WHERE (SELECT count(*) FROM raised) >= 0 ORDER BY id
