UPDATE wh_event
SET event_type = ?2, traceparent = ?3, body_sha256 = ?4, guard = coalesce(?5, guard), received_at = ?6
WHERE id = ?1
