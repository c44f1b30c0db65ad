-- Deletes claims of ended processes, whose leases expired longer ago than the retention.
DELETE FROM wh_claim
WHERE key IN (SELECT key FROM wh_claim WHERE state = 1 AND until < ?1 ORDER BY until LIMIT ?2)
