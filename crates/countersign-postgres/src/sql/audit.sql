-- $1 event or null, $2 the last number of the page before, $3 entries at most.
SELECT id, (date_part('epoch', at) * 1000)::int8, actor, action,
       CASE WHEN cardinality(events) = 1 AND more = 0 THEN events[1] END, cardinality(events)::int8 + more, detail
FROM {schema}.audit
WHERE ($1::int8 IS NULL OR cardinality(events) = 1 AND more = 0 AND events[1] = $1)
  AND ($2::int8 IS NULL OR id < $2)
ORDER BY id DESC
LIMIT $3
