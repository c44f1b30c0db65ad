-- $1 to $9 filter, $10 the last number of the page before, $11 events at most.
SELECT {summary}
FROM {schema}.event e
WHERE {filter}
      AND ($10::int8 IS NULL OR e.id < $10)
ORDER BY e.id DESC
LIMIT $11
