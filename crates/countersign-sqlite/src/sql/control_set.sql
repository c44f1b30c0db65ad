INSERT INTO wh_control(source, kind, id, since, until, attempts, per, actor, reason)
VALUES(?1, ?2, max(?3, 1, coalesce((SELECT max(id) + 1 FROM wh_control), 1)), ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT(source, kind) DO UPDATE
SET id = excluded.id, since = max(excluded.since, since + 1), until = excluded.until, attempts = excluded.attempts, per = excluded.per,
    actor = excluded.actor, reason = excluded.reason
