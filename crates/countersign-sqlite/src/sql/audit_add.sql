INSERT INTO wh_audit(at, actor, action, event_id, count, detail)
VALUES(?1, ?2, ?3, ?4, ?5, ?6)
