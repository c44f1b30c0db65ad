SELECT 1
FROM wh_claim
WHERE key = ?1 AND fence = ?2 AND state = 2
