-- $1 event, $2 actor, $3 detail. Nothing is recorded if the event is not there.
WITH entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $2, 'reveal', ARRAY[$1::int8], $3
    WHERE EXISTS (SELECT FROM {schema}.event WHERE id = $1)
    RETURNING id
)
SELECT count(*) FROM entered
