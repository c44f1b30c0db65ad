-- $1 to $9 filter, $10 the number before the first, $11 events at most, $12 states. The oldest first.
SELECT e.id
FROM {schema}.event e
WHERE {filter}
      AND ($10::int8 IS NULL OR e.id > $10)
      AND e.state = ANY($12::int2[])
ORDER BY e.id
LIMIT $11
