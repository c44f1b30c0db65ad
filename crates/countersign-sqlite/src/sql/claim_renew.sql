UPDATE wh_claim
SET until = ?3
WHERE key = ?1 AND fence = ?2 AND state = 1
RETURNING guard
