(ordering_key IS NULL OR (
    NOT EXISTS (SELECT 1 FROM wh_event o INDEXED BY wh_event_ordered
        WHERE o.source = wh_event.source AND o.ordering_key = wh_event.ordering_key AND o.state IN (0, 1, 4)
        AND o.id < wh_event.id)
    AND NOT EXISTS (SELECT 1 FROM wh_event o INDEXED BY wh_event_ordered_running
        WHERE o.source = wh_event.source AND o.ordering_key = wh_event.ordering_key AND o.state = 1)))
