UPDATE wh_event
SET state = 1, attempt = attempt + iif(state = 1, is_started, 1),
    isolation = iif(state = 1 AND instance <> ?6, max(isolation + is_started, 1), max(isolation, ?5)),
    is_started = state = 0 AND isolation <= ?5, instance = ?6, fence = ?2, worker = ?3, lease_until = ?4, claimed_at = ?7
WHERE id = ?1
RETURNING key, attempt, replays, queued_at, source, tenant, provider, external_id, event_type, received_at, traceparent, isolation,
    ordering_key
