SELECT id, external_id, event_type, tenant, stored_at
FROM wh_event
WHERE id > ?1
ORDER BY id LIMIT ?2
