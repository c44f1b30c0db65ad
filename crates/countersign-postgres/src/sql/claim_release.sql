-- $1 key, $2 fence. The row is kept for its fence. Without + 0, the index of running claims would be read completely, if
-- the statistics are from a time when few were running.
WITH limits AS MATERIALIZED (
    SELECT set_config('lock_timeout', '50ms', true)
)
UPDATE {schema}.claim
SET state = 0, ended_at = {schema}.now_()
FROM limits
WHERE key = $1 AND fence = $2 AND state + 0 = 1
RETURNING true
