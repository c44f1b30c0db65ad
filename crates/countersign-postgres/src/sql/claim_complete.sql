-- $1 key, $2 fence. A repeated finish changes nothing, and counts.
WITH limits AS MATERIALIZED (
    SELECT set_config('lock_timeout', '50ms', true)
)
UPDATE {schema}.claim
SET state = 2, ended_at = CASE WHEN state = 2 THEN ended_at ELSE {schema}.now_() END
FROM limits
WHERE key = $1 AND fence = $2 AND state IN (1, 2)
RETURNING true
