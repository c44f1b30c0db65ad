DELETE FROM wh_audit
WHERE id IN (SELECT id FROM wh_audit WHERE at < ?1 ORDER BY at LIMIT ?2)
