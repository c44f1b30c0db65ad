SELECT {summary}, fence, worker, ordering_key
FROM wh_event
WHERE id = ?1
