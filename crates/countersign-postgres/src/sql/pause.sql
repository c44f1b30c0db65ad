-- $1 source, $2 duration in ms or null, $3 actor, $4 reason, $5 detail, $6 whether there is a condition, $7 the version that it names, or null
-- if nothing may hold.
WITH replaced AS (
    UPDATE {schema}.pause AS p
    SET since = greatest({schema}.now_(), p.since + interval '1 ms'), until = {schema}.now_() + $2::int8 * interval '1 ms', actor = $3, reason = $4
    WHERE source = $1 AND (date_part('epoch', p.since) * 1000)::int8 = $7::int8 AND (p.until IS NULL OR p.until > {schema}.now_())
    RETURNING source
), paused AS (
    INSERT INTO {schema}.pause AS p (source, since, until, actor, reason)
    SELECT $1, {schema}.now_(), {schema}.now_() + $2::int8 * interval '1 ms', $3, $4
    WHERE $7::int8 IS NULL
    ON CONFLICT (source) DO UPDATE
    SET since = CASE WHEN p.until <= excluded.since THEN excluded.since ELSE greatest(excluded.since, p.since + interval '1 ms') END, until = excluded.until, actor = excluded.actor, reason = excluded.reason
    WHERE NOT $6::bool OR p.until <= {schema}.now_()
    RETURNING source
), entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $3, 'pause', '{}', $5
    FROM (TABLE replaced UNION ALL TABLE paused) AS changed
)
SELECT (SELECT count(*) FROM replaced) + (SELECT count(*) FROM paused)
