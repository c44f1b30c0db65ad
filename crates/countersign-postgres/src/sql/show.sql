-- $1 id.
SELECT {summary}, e.fence, CASE WHEN e.state = 1 THEN e.worker END AS worker, b.head, b.body
FROM {schema}.event e
LEFT JOIN {schema}.body b ON b.event_id = e.id AND b.day = e.day
WHERE e.id = $1
