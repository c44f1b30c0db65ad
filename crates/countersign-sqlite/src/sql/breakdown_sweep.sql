DELETE FROM wh_breakdown
WHERE (span, at, source, kind, name) IN
    (SELECT span, at, source, kind, name FROM wh_breakdown WHERE span = ?1 AND at < ?2 ORDER BY at LIMIT ?3)
