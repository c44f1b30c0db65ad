SELECT id, at, actor, action, event_id, count, detail
FROM wh_audit
WHERE id < ?1 AND ?3 IS NULL
ORDER BY id DESC LIMIT ?2
