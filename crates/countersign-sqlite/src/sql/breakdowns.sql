SELECT source, kind, name, number, last_at
FROM wh_breakdown
WHERE span = ?1 AND at >= ?2 AND at < ?3
