UPDATE wh_meta SET value = max(value, ?2) WHERE name = ?1 RETURNING value
