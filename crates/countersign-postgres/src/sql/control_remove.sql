-- $1 source, $2 kind, $3 actor, $4 action, $5 detail.
WITH removed AS (
    DELETE FROM {schema}.control WHERE source = $1 AND kind = $2 RETURNING source
), entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $3, $4, '{}', $5
    FROM removed
)
SELECT count(*) FROM removed
