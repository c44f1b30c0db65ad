UPDATE wh_event
SET due_at = -1
WHERE id = ?1 AND state = 0 AND due_at = 0 AND isolation = 0 AND ordering_key IS NOT NULL
    AND EXISTS (SELECT 1 FROM wh_event o INDEXED BY wh_event_ordered
        WHERE o.source = wh_event.source AND o.ordering_key = wh_event.ordering_key AND o.state IN (0, 1, 4)
        AND o.id < wh_event.id)
