-- $1 key, $2 fence. The row is kept for its fence.
UPDATE {schema}.claim
SET state = 0, ended_at = {schema}.now_()
WHERE key = $1 AND fence = $2 AND state = 1
RETURNING true
