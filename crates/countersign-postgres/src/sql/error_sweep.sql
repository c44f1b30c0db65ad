-- $1 retention in ms, $2 rows at most.
SELECT {schema}.forget_errors({schema}.now_() - $1::int8 * interval '1 ms', $2)
