DELETE FROM wh_rejection_sample
WHERE id IN (SELECT id FROM wh_rejection_sample WHERE at < ?1 ORDER BY at LIMIT ?2)
