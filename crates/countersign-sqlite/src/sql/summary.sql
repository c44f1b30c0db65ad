id, source, tenant, provider, external_id, event_type, state, attempt, replays, received_at, stored_at,
    iif(due_at > 0, due_at, queued_at), finished_at, error, code, queued_at
