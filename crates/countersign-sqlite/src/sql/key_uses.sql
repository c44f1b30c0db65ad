SELECT source, key, number, last_at
FROM wh_key_use
WHERE span = ?1 AND at >= ?2 AND at < ?3
