-- $1 id.
SELECT {summary}, e.fence, CASE WHEN e.state = 1 THEN e.worker END AS worker, b.head, b.body, e.ordering_key,
       CASE WHEN e.state = 0 AND e.ordering_key IS NOT NULL THEN coalesce(
           (SELECT o.id FROM {schema}.event o
            WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1 LIMIT 1),
           (SELECT o.id FROM {schema}.event o
            WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4) AND o.id < e.id
            ORDER BY o.id LIMIT 1)) END AS waits_for
FROM {schema}.event e
LEFT JOIN {schema}.body b ON b.event_id = e.id AND b.day = e.day
WHERE e.id = $1
