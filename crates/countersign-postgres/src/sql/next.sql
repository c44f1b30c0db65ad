(e.ordering_key IS NULL
               OR NOT EXISTS (SELECT FROM {schema}.event o
                              WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                                AND o.id < e.id)
              AND NOT EXISTS (SELECT FROM {schema}.event o
                              WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1))