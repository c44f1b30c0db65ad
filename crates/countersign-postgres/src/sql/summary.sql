e.id, e.source, e.tenant, e.provider, e.external_id, e.event_type, e.state, e.attempt, e.replays,
       (date_part('epoch', e.received_at) * 1000)::int8 AS received_at,
       (date_part('epoch', e.stored_at) * 1000)::int8 AS stored_at,
       (date_part('epoch', e.age_from) * 1000)::int8 AS queued_at,
       (date_part('epoch', CASE WHEN e.state = 0 THEN coalesce(e.held_due, e.due_at) END) * 1000)::int8 AS due_at,
       (date_part('epoch', e.finished_at) * 1000)::int8 AS finished_at, e.code, e.error