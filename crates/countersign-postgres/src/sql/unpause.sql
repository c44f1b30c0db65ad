-- $1 source, $2 actor, $3 detail. A pause that is over is deleted as well, and not counted.
WITH resumed AS (
    DELETE FROM {schema}.pause
    WHERE source = $1
    RETURNING until IS NULL OR until > {schema}.now_() AS is_active
), entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $2, 'resume', '{}', $3
    FROM resumed
    WHERE is_active
)
SELECT count(*) FROM resumed WHERE is_active
