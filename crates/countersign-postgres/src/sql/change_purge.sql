-- $1 to $9 filter, with the numbers of a part; $10 states, $11 the entry of the audit log or null, $12 actor, $13 action,
-- $14 detail. One row per event that was changed, and one per event that others hold.
WITH {found}, {meant}, purged AS (
    DELETE FROM {schema}.event e USING meant WHERE e.id = meant.id RETURNING e.fence
), raised AS MATERIALIZED (
    SELECT {schema}.raise_fence(max(fence)) FROM purged HAVING count(*) > 0
), freed AS (
    DELETE FROM {schema}.body b USING meant WHERE b.event_id = meant.id AND b.day = meant.day
), unrecorded AS (
    DELETE FROM {schema}.attempt a USING meant WHERE a.event_id = meant.id
), {changed}
  AND (SELECT count(*) FROM raised) >= 0
