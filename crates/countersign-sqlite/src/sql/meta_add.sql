UPDATE wh_meta SET value = value + ?2 WHERE name = ?1 RETURNING value
