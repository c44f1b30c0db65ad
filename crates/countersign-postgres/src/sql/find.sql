-- $1 to $10 filter, which has numbers or an id, $11 the number before the first, $12 events at most, $13 states. The oldest first.
SELECT e.id
FROM {schema}.event e
WHERE {filter}
      AND ($11::int8 IS NULL OR e.id > $11)
      AND e.state = ANY($13::int2[])
ORDER BY e.id
LIMIT $12
