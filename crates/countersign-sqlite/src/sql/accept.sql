INSERT INTO wh_event(id, key, source, tenant, provider, external_id, event_type, traceparent, body_sha256, guard, received_at, stored_at,
    queued_at, ordering_key, due_at)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14)
