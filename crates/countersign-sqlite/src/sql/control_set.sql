INSERT OR REPLACE INTO wh_control(source, kind, id, since, until, attempts, per, actor, reason)
VALUES(?1, ?2, max(?3, 1, coalesce((SELECT max(id) + 1 FROM wh_control), 1)), ?3, ?4, ?5, ?6, ?7, ?8)
