INSERT INTO wh_body(event_id, head, body)
VALUES(?1, ?2, ?3)
