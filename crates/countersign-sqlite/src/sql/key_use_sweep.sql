DELETE FROM wh_key_use
WHERE (span, at, source, key) IN (SELECT span, at, source, key FROM wh_key_use WHERE span = ?1 AND at < ?2 ORDER BY at LIMIT ?3)
