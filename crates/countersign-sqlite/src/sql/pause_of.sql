SELECT since
FROM wh_pause
WHERE source = ?1 AND (until IS NULL OR until > ?2)
