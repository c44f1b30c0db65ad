-- $1 source, $2 actor, $3 detail, $4 whether there is a condition, $5 the version that it names. A pause that is over is deleted as well, and
-- not counted.
WITH resumed AS (
    DELETE FROM {schema}.pause
    WHERE source = $1 AND (NOT $4::bool OR (date_part('epoch', since) * 1000)::int8 = $5::int8)
    RETURNING until IS NULL OR until > {schema}.now_() AS is_active
), entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $2, 'resume', '{}', $3
    FROM resumed
    WHERE is_active
)
SELECT count(*) FROM resumed WHERE is_active
