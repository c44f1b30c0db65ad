-- $1 keys, $2 fences, $3 ttl in ms. One row per lease that counts, for each time it is given. A row that is locked is not
-- waited for: its lease stays as it is, and the answer has no time. Without + 0, the index of due times would be read completely, if the
-- statistics are from a time when few events were due.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest((SELECT $1::bytea[]), $2::int8[]) WITH ORDINALITY AS g(key, fence, place)
), free AS MATERIALIZED (
    SELECT e.id, e.key, e.fence
    FROM given
    JOIN {schema}.event e ON e.key = given.key AND e.fence = given.fence AND e.state + 0 = 1
    FOR UPDATE OF e SKIP LOCKED
), extended AS (
    UPDATE {schema}.event e
    SET due_at = {schema}.now_() + $3::int8 * interval '1 ms', is_started = true
    FROM free
    WHERE e.id = free.id
    RETURNING e.key, e.fence, (date_part('epoch', e.due_at) * 1000)::int8 AS due_at
)
SELECT given.place, extended.due_at FROM extended JOIN given USING (key, fence)
UNION ALL
SELECT given.place, NULL
FROM given
JOIN {schema}.event e ON e.key = given.key AND e.fence = given.fence AND e.state + 0 = 1
WHERE NOT EXISTS (SELECT FROM free WHERE free.key = given.key AND free.fence = given.fence)
