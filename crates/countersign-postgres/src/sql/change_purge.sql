-- $1 to $10 filter, with the numbers of a part; $11 states, $12 texts of errors or null, one of which an event has to have, $13 the entry of the audit log or null, $14 actor, $15 action,
-- $16 detail; $17 to $21 one element per kind of failed attempts at an event: event, type, class, pattern, number. One row per
-- event that was changed, and one per event that others hold.
WITH {found}, {selected}, purged AS (
    DELETE FROM {schema}.event e USING selected WHERE e.id = selected.id RETURNING e.id, e.source, e.fence
), raised AS MATERIALIZED (
    SELECT {schema}.raise_fence(max(fence)) FROM purged HAVING count(*) > 0
), freed AS (
    DELETE FROM {schema}.body b USING selected WHERE b.event_id = selected.id AND b.day = selected.day
), unrecorded AS (
    DELETE FROM {schema}.attempt a USING selected WHERE a.event_id = selected.id
), uncounted AS MATERIALIZED (
    SELECT {schema}.uncount_error(source, event_type, failure, pattern, number)
    FROM (SELECT p.source, k.event_type, k.failure, k.pattern, sum(k.number)::int8 AS number
          FROM unnest($17::int8[], $18::text[], $19::text[], $20::text[], $21::int8[])
               AS k(event_id, event_type, failure, pattern, number)
          JOIN purged p ON p.id = k.event_id
          GROUP BY 1, 2, 3, 4) u
), {changed}
  AND (SELECT count(*) FROM raised) >= 0
  AND (SELECT count(*) FROM uncounted) >= 0
