EXISTS (SELECT 1 FROM wh_body WHERE event_id = wh_event.id)
