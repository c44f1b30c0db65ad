-- $1 source, $2 duration in ms or null, $3 actor, $4 reason, $5 detail.
WITH paused AS (
    INSERT INTO {schema}.pause (source, since, until, actor, reason)
    VALUES ($1, {schema}.now_(), {schema}.now_() + $2::int8 * interval '1 ms', $3, $4)
    ON CONFLICT (source) DO UPDATE
    SET since = excluded.since, until = excluded.until, actor = excluded.actor, reason = excluded.reason
    RETURNING source
), entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $3, 'pause', '{}', $5
    FROM paused
)
SELECT count(*) FROM paused
