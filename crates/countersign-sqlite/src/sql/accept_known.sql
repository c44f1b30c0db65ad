SELECT id, state, body_sha256
FROM wh_event
WHERE key = ?1
