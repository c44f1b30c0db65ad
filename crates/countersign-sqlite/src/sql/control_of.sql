SELECT since, id
FROM wh_control
WHERE source = ?1 AND kind = ?2 AND (until IS NULL OR until > ?3)
