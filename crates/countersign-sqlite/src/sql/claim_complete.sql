UPDATE wh_claim
SET state = 2, finished_at = ?3
WHERE key = ?1 AND fence = ?2 AND state = 1
RETURNING guard
