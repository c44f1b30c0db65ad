-- Parameters and columns are those of the function.
SELECT * FROM {schema}.due_sources($1::text[], $2::int8[], $3::int8)
