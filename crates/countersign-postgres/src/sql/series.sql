-- $1 the span, $2 the start of its first row. A row for each span of time, with the endpoints that counted in it: one for each of them
-- would cost the server and the client twice as much.
SELECT at, array_agg(source), array_agg(accepted), array_agg(duplicates), array_agg(attempts), array_agg(done), array_agg(retries),
       array_agg(dead)
FROM {schema}.statistic
WHERE span = $1::int2 AND at >= $2::int8
GROUP BY at
