-- $1 key, $2 fence. A repeated finish changes nothing, and counts.
UPDATE {schema}.claim
SET state = 2, ended_at = CASE WHEN state = 2 THEN ended_at ELSE {schema}.now_() END
WHERE key = $1 AND fence = $2 AND state IN (1, 2)
RETURNING true
