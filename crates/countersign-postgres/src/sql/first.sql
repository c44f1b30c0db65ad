(SELECT o.id FROM {schema}.event o
                 WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                 ORDER BY o.id + 0 LIMIT 1)