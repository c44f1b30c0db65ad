-- $1 to $9 filter, $10 the number before the first, $11 events at most, $12 whether nothing is done, $13 actor,
-- $14 detail.
WITH meant AS MATERIALIZED (
    SELECT e.id, e.day
    FROM {schema}.event e
    WHERE {filter}
      AND ($10::int8 IS NULL OR e.id > $10)
      AND e.state IN (0, 3, 4)
    ORDER BY e.id
    LIMIT $11
    FOR UPDATE OF e
), discarded AS (
    UPDATE {schema}.event e
    SET state = 2, worker = NULL, finished_at = {schema}.now_()
    FROM meant
    WHERE e.id = meant.id AND NOT $12
), audited AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $13, 'discard', array_agg(id ORDER BY id), $14
    FROM meant
    WHERE NOT $12
    HAVING count(*) > 0
)
SELECT id FROM meant ORDER BY id
