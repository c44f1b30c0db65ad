-- $1 key, $2 fence, $3 ttl in ms. An expired lease that was not taken over still counts. Without + 0, the
-- index of running claims would be read completely, if the statistics are from a time when few were running.
WITH limits AS MATERIALIZED (
    SELECT set_config('lock_timeout', '50ms', true)
)
UPDATE {schema}.claim
SET expires_at = {schema}.now_() + $3::int8 * interval '1 ms'
FROM limits
WHERE key = $1 AND fence = $2 AND state + 0 = 1
RETURNING (date_part('epoch', expires_at) * 1000)::int8
