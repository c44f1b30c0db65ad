SELECT value
FROM wh_meta
WHERE name = ?1
