-- $1 to $10 filter, which has numbers or an id, $11 the last number of the page before, $12 events at most.
SELECT {summary}
FROM {schema}.event e
WHERE {filter}
      AND ($11::int8 IS NULL OR e.id < $11)
ORDER BY e.id DESC
LIMIT $12
