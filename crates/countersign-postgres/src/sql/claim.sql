-- $1 key, $2 token, $3 ttl in ms, $4 digest of the body, $5 retention in ms, $6 digest of the signed bytes or null,
-- $7 whether signed bytes that are known are refused.
-- Known rows are only read, so that a duplicate costs no write. Where both writes come back empty and nothing known
-- explains it, another transaction was faster: the statement is repeated. So it is after the lock timeout, without a connection in between.
WITH limits AS MATERIALIZED (
    SELECT set_config('lock_timeout', '50ms', true)
), clock AS MATERIALIZED (
    SELECT {schema}.now_() AS now,
           {schema}.now_() + $3::int8 * interval '1 ms' AS expires_at,
           {schema}.now_() - $5::int8 * interval '1 ms' AS oldest
    FROM limits
), known AS MATERIALIZED (
    SELECT c.fence, c.expires_at, c.token = $2 AS is_mine, c.body_digest = $4 AS same_body,
           CASE WHEN c.state = 1 AND c.expires_at > clock.now THEN 1
                WHEN c.state = 2 AND c.ended_at >= clock.oldest THEN 2
                ELSE 0 END AS status
    FROM {schema}.claim c, clock
    WHERE c.key = $1
), guard AS MATERIALIZED (
    SELECT g.key, g.fence, o.expires_at,
           CASE WHEN o.state = 1 AND o.expires_at > clock.now THEN 1
                WHEN o.state = 2 AND o.ended_at >= clock.oldest THEN 2
                ELSE 0 END AS status
    FROM clock, {schema}.claim_guard g
    LEFT JOIN {schema}.claim o ON o.key = g.key AND o.fence = g.fence
    WHERE g.digest = $6::bytea AND g.key <> $1
), taken AS (
    INSERT INTO {schema}.claim AS c (key, fence, state, token, body_digest, expires_at)
    SELECT $1, greatest(nextval('{schema}.fence'), {schema}.fence_floor()), 1, $2, $4, clock.expires_at
    FROM clock
    WHERE NOT EXISTS (SELECT FROM known WHERE status <> 0)
      AND NOT ($7 AND EXISTS (SELECT FROM guard WHERE status <> 0))
    ON CONFLICT (key) DO UPDATE
    SET fence = greatest(c.fence + 1, nextval('{schema}.fence'), {schema}.fence_floor()), state = 1, token = EXCLUDED.token, body_digest = EXCLUDED.body_digest,
        expires_at = EXCLUDED.expires_at, ended_at = NULL
    WHERE NOT (c.state = 1 AND c.expires_at > (SELECT now FROM clock))
      AND NOT (c.state = 2 AND c.ended_at >= (SELECT oldest FROM clock))
    RETURNING c.fence, c.expires_at
), guarded AS (
    INSERT INTO {schema}.claim_guard AS g (digest, key, fence)
    SELECT $6, $1, taken.fence
    FROM taken
    WHERE $6 IS NOT NULL AND NOT EXISTS (SELECT FROM guard WHERE status <> 0)
    ON CONFLICT (digest) DO UPDATE SET key = EXCLUDED.key, fence = EXCLUDED.fence
    -- Unless another transaction has taken it since it was found free.
    WHERE g.key = EXCLUDED.key OR EXISTS (SELECT FROM guard f WHERE f.key = g.key AND f.fence = g.fence)
    RETURNING g.digest
)
SELECT taken.fence AS taken_fence,
       (date_part('epoch', taken.expires_at) * 1000)::int8 AS taken_expires_at,
       EXISTS (SELECT FROM guarded) AS is_guarded,
       coalesce(known.status, 0) AS known_status,
       known.fence AS known_fence,
       coalesce(known.is_mine, false) AS is_mine,
       coalesce(known.same_body, false) AS same_body,
       (date_part('epoch', known.expires_at) * 1000)::int8 AS known_expires_at,
       ceil(date_part('epoch', known.expires_at - clock.now) * 1000)::int8 AS known_left,
       coalesce(guard.status, 0) AS guard_status,
       ceil(date_part('epoch', guard.expires_at - clock.now) * 1000)::int8 AS guard_left
FROM clock
LEFT JOIN taken ON true
LEFT JOIN known ON true
LEFT JOIN guard ON true
