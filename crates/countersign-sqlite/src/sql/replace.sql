UPDATE wh_event
SET external_id = ?2, event_type = ?3, traceparent = ?4, body_sha256 = ?5, guard = coalesce(?6, guard), received_at = ?7, ordering_key = ?8
WHERE id = ?1
