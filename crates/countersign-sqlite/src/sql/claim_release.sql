DELETE FROM wh_claim
WHERE key = ?1 AND fence = ?2 AND state = 1 AND ?3 = 0
RETURNING guard
