SELECT source,
       count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1),
       count(*) FILTER (WHERE state = 2), count(*) FILTER (WHERE state = 3),
       (date_part('epoch', {schema}.now_() - min(due_at) FILTER (WHERE state < 2 AND due_at <= {schema}.now_()))
            * 1000)::int8
FROM {schema}.event
GROUP BY source
ORDER BY source
