-- $1 to $9 filter, $10 the last number of the page before, $11 events at most, $12 classes of errors or null.
SELECT {summary}
FROM {schema}.event e
WHERE {filter}
      AND ($10::int8 IS NULL OR e.id < $10)
      AND ($12::text[] IS NULL OR e.error IS NOT NULL AND {schema}.error_class(e.error) = ANY($12))
ORDER BY e.id DESC
LIMIT $11
