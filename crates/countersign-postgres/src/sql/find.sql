-- $1 to $9 filter, $10 the number before the first, $11 events at most, $12 states, $13 classes of errors or null. The oldest
-- first.
SELECT e.id
FROM {schema}.event e
WHERE {filter}
      AND ($10::int8 IS NULL OR e.id > $10)
      AND e.state = ANY($12::int2[])
      AND ($13::text[] IS NULL OR e.error IS NOT NULL AND {schema}.error_class(e.error) = ANY($13))
ORDER BY e.id
LIMIT $11
