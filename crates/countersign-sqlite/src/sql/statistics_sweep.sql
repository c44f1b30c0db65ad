DELETE FROM wh_statistic
WHERE (span, at, source) IN (SELECT span, at, source FROM wh_statistic WHERE span = ?1 AND at < ?2 ORDER BY at LIMIT ?3)
