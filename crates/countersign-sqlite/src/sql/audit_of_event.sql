SELECT id, at, actor, action, event_id, count, detail
FROM wh_audit
WHERE event_id = ?3 AND id < ?1
ORDER BY id DESC LIMIT ?2
