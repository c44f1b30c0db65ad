-- $1 source, $2 kind, $3 duration of an opening in ms or null, $4 attempts and $5 period in ms of a limit or null, $6 actor, $7 reason,
-- $8 action, $9 detail.
-- Two that are set at once do not see the id of each other: microseconds tell them apart.
WITH changed AS (
    INSERT INTO {schema}.control AS c (source, kind, id, since, until, attempts, per, actor, reason)
    SELECT $1, $2, greatest((date_part('epoch', {schema}.now_()) * 1000000)::int8, 1, (SELECT max(id) + 1 FROM {schema}.control)),
           {schema}.now_(), {schema}.now_() + $3::int8 * interval '1 ms', $4::int4, $5::int8, $6, $7
    ON CONFLICT (source, kind) DO UPDATE
    SET id = greatest(c.id + 1, excluded.id), since = excluded.since, until = excluded.until, attempts = excluded.attempts,
        per = excluded.per, actor = excluded.actor, reason = excluded.reason
    RETURNING source
), entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $6, $8, '{}', $9
    FROM changed
)
SELECT count(*) FROM changed
