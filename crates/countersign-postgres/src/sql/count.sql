-- $1 to $9 filter.
SELECT count(*)
FROM {schema}.event e
WHERE {filter}
