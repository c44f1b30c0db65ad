-- $1 source, $2 kind, $3 duration of an opening in ms or null, $4 attempts and $5 period in ms of a limit or null, $6 actor, $7 reason,
-- $8 action, $9 detail, $10 whether there is a condition, $11 the version that it names, or null if nothing may hold.
-- Two that are set at once do not see the id of each other: microseconds tell them apart.
WITH wanted AS (
    SELECT greatest((date_part('epoch', {schema}.now_()) * 1000000)::int8, 1, (SELECT max(id) + 1 FROM {schema}.control)) AS id,
           {schema}.now_() AS since, {schema}.now_() + $3::int8 * interval '1 ms' AS until
), replaced AS (
    UPDATE {schema}.control AS c
    SET id = greatest(c.id + 1, w.id), since = greatest(w.since, c.since + interval '1 ms'), until = w.until, attempts = $4::int4, per = $5::int8,
        actor = $6, reason = $7
    FROM wanted AS w
    WHERE c.source = $1 AND c.kind = $2 AND (c.until IS NULL OR c.until > {schema}.now_())
        AND CASE WHEN $2 = 'limit' THEN (date_part('epoch', c.since) * 1000)::int8 ELSE c.id END = $11::int8
    RETURNING c.source
), changed AS (
    INSERT INTO {schema}.control AS c (source, kind, id, since, until, attempts, per, actor, reason)
    SELECT $1, $2, w.id, w.since, w.until, $4::int4, $5::int8, $6, $7
    FROM wanted AS w
    WHERE $11::int8 IS NULL
    ON CONFLICT (source, kind) DO UPDATE
    SET id = greatest(c.id + 1, excluded.id), since = greatest(excluded.since, c.since + interval '1 ms'), until = excluded.until,
        attempts = excluded.attempts, per = excluded.per, actor = excluded.actor, reason = excluded.reason
    WHERE NOT $10::bool OR c.until <= {schema}.now_()
    RETURNING source
), entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $6, $8, '{}', $9
    FROM (TABLE replaced UNION ALL TABLE changed) AS all_changed
)
SELECT (SELECT count(*) FROM replaced) + (SELECT count(*) FROM changed)
