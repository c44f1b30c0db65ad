-- $1 keys, $2 fences, $3 ttl in ms.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest($1::bytea[], $2::int8[]) WITH ORDINALITY AS g(key, fence, place)
)
UPDATE {schema}.event e
SET due_at = {schema}.now_() + $3::int8 * interval '1 ms'
FROM given
WHERE e.key = given.key AND e.fence = given.fence AND e.state = 1
RETURNING given.place, (date_part('epoch', e.due_at) * 1000)::int8
