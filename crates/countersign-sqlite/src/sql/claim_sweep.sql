DELETE FROM wh_claim
WHERE key IN (SELECT key FROM wh_claim WHERE state = 2 AND finished_at < ?1 ORDER BY finished_at LIMIT ?2)
