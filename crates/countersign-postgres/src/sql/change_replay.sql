-- $1 to $9 filter, $10 the number before the first, $11 events at most, $12 whether nothing is done, $13 actor,
-- $14 detail.
WITH meant AS MATERIALIZED (
    SELECT e.id, e.day
    FROM {schema}.event e
    WHERE {filter}
      AND ($10::int8 IS NULL OR e.id > $10)
      AND (e.state IN (3, 4) OR e.state = 2 AND $4 = 2)
      AND EXISTS (SELECT FROM {schema}.body b WHERE b.event_id = e.id AND b.day = e.day)
    ORDER BY e.id
    LIMIT $11
    FOR UPDATE OF e
), replayed AS (
    UPDATE {schema}.event e
    SET state = 0, attempt = 0, replays = replays + 1, isolation = 0, worker = NULL, finished_at = NULL,
        age_from = {schema}.now_(), due_at = {schema}.now_()
    FROM meant
    WHERE e.id = meant.id AND NOT $12
), audited AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $13, 'replay', array_agg(id ORDER BY id), $14
    FROM meant
    WHERE NOT $12
    HAVING count(*) > 0
)
SELECT id FROM meant ORDER BY id
