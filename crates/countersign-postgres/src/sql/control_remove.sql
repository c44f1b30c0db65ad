-- $1 source, $2 kind, $3 actor, $4 action, $5 detail, $6 whether there is a condition, $7 the version that it names.
WITH removed AS (
    DELETE FROM {schema}.control
    WHERE source = $1 AND kind = $2 AND (NOT $6::bool OR (date_part('epoch', since) * 1000)::int8 = $7::int8)
    RETURNING source
), entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $3, $4, '{}', $5
    FROM removed
)
SELECT count(*) FROM removed
