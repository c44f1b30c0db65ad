-- $1 to $10 filter.
SELECT count(*)
FROM {schema}.event e
WHERE {filter}
