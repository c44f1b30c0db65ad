-- Claims and the search for due events are planned once per connection, because planning takes several times as long as a claim that
-- finds nothing. A plan that is kept must not depend on the number of events when it was made. While a table is empty, all its indexes
-- cost the same, and so does to read one of them completely. Therefore each search has one index only:
-- - These settings rule out plans that read the table or sort. Searches in the order of due times and id read event_due. Those for a part
--   of its events take them in the order of due times and id + 0, which only the index of that part has: event_due also has the
--   other events, and entries of all that were handled, for as long as an old snapshot keeps them. event_listed has no due times.
-- - What was chosen is looked up by an array of one key, or in a subquery with a limit: a join that compares columns may read a whole
--   index in its order. It is looked up by the key and not by the id, which several indexes have behind other columns.
DROP INDEX {schema}.event_given_back, {schema}.event_isolated, {schema}.event_leased, {schema}.event_ordered_due;
-- What is due since before the start of a claim.
CREATE INDEX event_given_back ON {schema}.event (source, due_at, (id + 0)) WHERE state = 0 AND worker IS NOT NULL;
CREATE INDEX event_isolated ON {schema}.event (source, due_at, (id + 0)) WHERE state < 2 AND isolation > 0;
CREATE INDEX event_leased ON {schema}.event (source, due_at, (id + 0)) WHERE state = 1 AND isolation = 0;
CREATE INDEX event_ordered_due ON {schema}.event (source, due_at, (id + 0))
    WHERE ordering_key IS NOT NULL AND state = 0 AND isolation = 0;
-- Finds what is old, by day + 0. An index of the day could be read for the body of an event, which all bodies of its day would match.
DROP INDEX {schema}.body_default_day;
CREATE INDEX body_default_day ON {schema}.body_default ((day + 0));

-- One array per column, one element per claim; sources are distinct. $1 sources, $2 workers, $3 events at most, $4 ttl in
-- ms, $5 horizon in ms, $6 microseconds from which the index is searched, or null, $7 whether isolated events are claimed
-- (mixed, alone, without), $8 how long they wait after an attempt that ended without an outcome, in ms, $9 whether the
-- claimer handles one event at a time, $10 its number, $11 bytes of requests: the event that reaches them is the last one. An event
-- under an expired lease is due, and isolated if another claimer had it; its attempt gets a row, and counts if the lease was extended.
-- place is that of the claim. A pause holds for its name and for those that begin with it and a slash. A source that is paused, or in
-- which the claim has passed events with a key, has one row without an event, unless it has others.
CREATE FUNCTION {schema}.claim_due(text[], text[], int8[], int8[], int8[], int8[], text[], int8[], boolean[], int8[], int8[])
    RETURNS TABLE (id int8, key bytea, source text, tenant text, provider text, external_id text, event_type text, ordering_key text,
                   attempt int4, replays int4, fence int8, isolation int4, is_lost boolean, has_crashed boolean, received_at int8,
                   age int8, expires_at int8, head bytea, body bytea, traceparent text, place int8, is_paused boolean,
                   has_passed boolean, has_held boolean)
    LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_incremental_sort = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH paused AS MATERIALIZED (
        SELECT source FROM {schema}.pause WHERE until IS NULL OR until > {schema}.now_()
    ), given AS MATERIALIZED (
        SELECT g.*, coalesce('epoch'::timestamptz + g.lowest_micros * interval '1 microsecond', '-infinity') AS lowest,
               {schema}.now_() AS now, {schema}.fence_floor() AS fence_floor,
               CASE WHEN p.is_paused THEN 0 ELSE g.asked END AS most, p.is_paused
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) WITH ORDINALITY
             AS g(source, worker, asked, ttl, horizon, lowest_micros, isolation, pause, is_exclusive, instance, most_bytes, place)
        CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM paused
                           WHERE paused.source = g.source OR starts_with(g.source, paused.source || '/')) AS is_paused
        ) p
    ), known_isolated AS MATERIALIZED (
        -- Few, and in an index of their own.
        SELECT given.place, i.*
        FROM given
        CROSS JOIN LATERAL (
            SELECT id, key, day, due_at, state = 1 AND is_started AND instance = given.instance AS has_crashed, state = 1 AS is_lost, attempt, fence,
                   worker, claimed_at
            FROM {schema}.event e
            WHERE source = given.source AND state < 2 AND isolation > 0
              AND (due_at <= given.now - CASE WHEN state + isolation < 2 THEN 0 ELSE given.pause END * interval '1 ms'
                   -- Scheduled by a wrong clock.
                   OR state = 0 AND due_at > given.now)
              AND (e.state = 1 OR CASE WHEN e.ordering_key IS NULL THEN true
                                       WHEN NOT coalesce((SELECT o.id FROM {schema}.event o
                                                          WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                                                          ORDER BY o.id + 0 LIMIT 1) < e.id, false)
                                            AND (SELECT o.id FROM {schema}.event o
                                                 WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1
                                                 ORDER BY o.id + 0 LIMIT 1) IS NULL
                                           THEN {schema}.is_next(e.id, e.source, e.ordering_key)
                                       ELSE false END)
            ORDER BY due_at, id + 0
            LIMIT CASE given.isolation WHEN 'without' THEN 0 WHEN 'alone' THEN least(given.most, 1) ELSE given.most END
            FOR UPDATE SKIP LOCKED
        ) i
    ), lost AS MATERIALIZED (
        SELECT given.place, l.*
        FROM given
        CROSS JOIN LATERAL (
            SELECT id, key, day, due_at, false AS has_crashed, true AS is_lost, attempt, fence, worker, claimed_at
            FROM {schema}.event
            WHERE source = given.source AND state = 1 AND isolation = 0 AND instance <> given.instance
              AND due_at BETWEEN given.lowest AND given.now
            ORDER BY due_at, id + 0
            LIMIT CASE given.isolation
                      WHEN 'without' THEN 0
                      WHEN 'alone' THEN least(given.most, 1)
                      ELSE given.most END
            FOR UPDATE SKIP LOCKED
        ) l
    ), isolated AS MATERIALIZED (
        SELECT * FROM known_isolated UNION ALL SELECT * FROM lost
    ), open AS MATERIALIZED (
        SELECT given.place, given.source, given.now, given.lowest, given.horizon, given.instance,
               CASE WHEN given.isolation = 'alone' AND EXISTS (SELECT FROM isolated i WHERE i.place = given.place) THEN 0
                    ELSE given.most END AS most
        FROM given
    ), free AS MATERIALIZED (
        -- In this order; a later search is not begun once there are enough.
        SELECT open.place, f.*
        FROM open
        CROSS JOIN LATERAL (
            SELECT * FROM (
                SELECT id, key, day, due_at, false AS has_crashed, false AS is_lost, attempt, fence, worker, claimed_at
                FROM {schema}.event e
                WHERE source = open.source AND state = 0 AND worker IS NOT NULL AND isolation = 0 AND due_at < open.lowest
                  AND CASE WHEN e.ordering_key IS NULL THEN true
                           WHEN NOT coalesce((SELECT o.id FROM {schema}.event o
                                              WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                                              ORDER BY o.id + 0 LIMIT 1) < e.id, false)
                                AND (SELECT o.id FROM {schema}.event o
                                     WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1
                                     ORDER BY o.id + 0 LIMIT 1) IS NULL
                               THEN {schema}.is_next(e.id, e.source, e.ordering_key)
                           ELSE false END
                ORDER BY due_at, id + 0
                LIMIT open.most
                FOR UPDATE SKIP LOCKED
            ) given_back
            UNION ALL
            SELECT * FROM (
                SELECT id, key, day, due_at, state = 1 AND is_started AS has_crashed, state = 1 AS is_lost, attempt, fence, worker, claimed_at
                FROM {schema}.event e
                WHERE source = open.source AND state < 2 AND isolation = 0 AND (state = 0 OR instance = open.instance)
                  AND due_at BETWEEN open.lowest AND open.now
                  AND (e.state = 1 OR CASE WHEN e.ordering_key IS NULL THEN true
                                           WHEN NOT coalesce((SELECT o.id FROM {schema}.event o
                                                              WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                                                              ORDER BY o.id + 0 LIMIT 1) < e.id, false)
                                                AND (SELECT o.id FROM {schema}.event o
                                                     WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1
                                                     ORDER BY o.id + 0 LIMIT 1) IS NULL
                                               THEN {schema}.is_next(e.id, e.source, e.ordering_key)
                                           ELSE false END)
                ORDER BY due_at, id
                LIMIT open.most
                FOR UPDATE SKIP LOCKED
            ) due
            UNION ALL
            SELECT * FROM (
                -- Scheduled by a wrong clock.
                SELECT id, key, day, due_at, false AS has_crashed, false AS is_lost, attempt, fence, worker, claimed_at
                FROM {schema}.event e
                WHERE source = open.source AND state = 0 AND isolation = 0
                  AND due_at > open.now + open.horizon * interval '1 ms'
                  AND CASE WHEN e.ordering_key IS NULL THEN true
                           WHEN NOT coalesce((SELECT o.id FROM {schema}.event o
                                              WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                                              ORDER BY o.id + 0 LIMIT 1) < e.id, false)
                                AND (SELECT o.id FROM {schema}.event o
                                     WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1
                                     ORDER BY o.id + 0 LIMIT 1) IS NULL
                               THEN {schema}.is_next(e.id, e.source, e.ordering_key)
                           ELSE false END
                ORDER BY due_at, id
                LIMIT open.most
                FOR UPDATE SKIP LOCKED
            ) astray
            LIMIT open.most
        ) f
    ), chosen AS (
        SELECT c.*
        FROM (SELECT f.*, row_number() OVER (PARTITION BY place ORDER BY due_at, id) AS nth
              FROM (SELECT * FROM isolated UNION ALL SELECT * FROM free) f) c
        JOIN given USING (place)
        JOIN open USING (place)
        -- Of isolated events, the oldest of both kinds.
        WHERE c.nth <= CASE WHEN open.most = 0 THEN least(given.most, 1) ELSE given.most END
    ), passed AS MATERIALIZED (
        -- Due events with a key that were not chosen, up to the last one that was: others have their rows, or they wait.
        SELECT open.place, bool_or(p.has_earlier) AS has_held
        FROM open
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT o.id FROM {schema}.event o
                             WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                             ORDER BY o.id + 0 LIMIT 1) < e.id, false) AS has_earlier
            FROM (
                SELECT id, source, ordering_key, due_at
                FROM {schema}.event
                WHERE source = open.source AND ordering_key IS NOT NULL AND state = 0 AND isolation = 0
                  AND due_at BETWEEN open.lowest AND open.now
                ORDER BY due_at, id + 0
                LIMIT least(open.most, 1000000000) + 50
            ) e
            WHERE NOT EXISTS (SELECT FROM chosen WHERE chosen.id = e.id)
              -- Of the source's claim; read where there is an event with a key only.
              AND e.due_at <= (SELECT CASE WHEN count(*) < open.most THEN open.now ELSE max(due_at) END
                               FROM chosen
                               WHERE chosen.place = open.place)
            LIMIT 50
        ) p
        WHERE open.most > 0
        GROUP BY open.place
    ), sized AS MATERIALIZED (
        SELECT c.*, b.head, b.body, b.traceparent,
               sum(octet_length(b.head) + octet_length(b.body))
                   OVER (PARTITION BY c.place ORDER BY c.nth ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
        FROM chosen c
        LEFT JOIN LATERAL (
            SELECT p.head, p.body, p.traceparent FROM {schema}.body p WHERE p.event_id = c.id AND p.day = c.day LIMIT 1
        ) b ON true
    ), leased AS (
        UPDATE {schema}.event e
        SET state = 1,
            attempt = e.attempt + CASE WHEN e.state = 1 AND NOT e.is_started THEN 0 ELSE 1 END,
            isolation = CASE WHEN e.state = 1 AND e.instance <> given.instance
                             THEN greatest(e.isolation + e.is_started::int, 1)
                             WHEN given.is_exclusive THEN greatest(e.isolation, 1)
                             ELSE e.isolation END,
            is_started = e.state = 0 AND e.isolation <= given.is_exclusive::int, instance = given.instance, fence = greatest(e.fence + 1, nextval('{schema}.fence'), given.fence_floor),
            worker = given.worker, claimed_at = given.now, due_at = given.now + given.ttl * interval '1 ms',
            held_due = NULL
        FROM sized d
        JOIN given USING (place)
        WHERE e.key = ANY (ARRAY[d.key]) AND (d.bytes_before < given.most_bytes OR d.bytes_before IS NULL)
        RETURNING e.id, e.key, e.source, e.tenant, e.provider, e.external_id, e.event_type, e.ordering_key, e.attempt, e.replays, e.fence,
                  e.received_at, e.age_from, e.due_at, e.isolation, d.has_crashed, d.due_at AS due_since, d.place,
                  d.head, d.body, d.traceparent, given.now, e.replayed_by, d.is_lost, d.attempt AS lost_attempt,
                  d.fence AS lost_fence, d.worker AS lost_worker, d.claimed_at AS lost_since
    ), recorded AS (
        INSERT INTO {schema}.attempt (event_id, attempt, fence, started_at, ended_at, outcome, error, worker, replayed_by, day)
        SELECT id, lost_attempt, lost_fence, lost_since, due_since, 'lost', '', lost_worker, replayed_by,
               (now AT TIME ZONE 'UTC')::date
        FROM leased
        WHERE is_lost
    )
    SELECT l.id, l.key, l.source, l.tenant, l.provider, l.external_id, l.event_type, l.ordering_key, l.attempt, l.replays, l.fence,
           l.isolation, l.is_lost, l.has_crashed,
           (date_part('epoch', l.received_at) * 1000)::int8 AS received_at,
           (date_part('epoch', {schema}.now_() - l.age_from) * 1000)::int8 AS age,
           (date_part('epoch', l.due_at) * 1000)::int8 AS expires_at,
           l.head, l.body, l.traceparent, given.place, given.is_paused, passed.place IS NOT NULL AS has_passed,
           coalesce(passed.has_held, false) AS has_held
    FROM given
    LEFT JOIN passed USING (place)
    LEFT JOIN leased l USING (place)
    WHERE l.id IS NOT NULL OR given.is_paused OR passed.place IS NOT NULL
    ORDER BY l.due_since, l.id;
END
$$;

-- $1 sources, $2 microseconds from which each is searched, or null, $3 horizon in ms. Those of them from which a claim would take
-- something, and those that have due events which no claim would take now: they are paused, or the events wait for earlier ones with
-- their keys.
CREATE FUNCTION {schema}.due_sources(text[], int8[], int8) RETURNS TABLE (source text, is_waiting boolean)
    LANGUAGE plpgsql STABLE
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_incremental_sort = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH paused AS MATERIALIZED (
        SELECT source FROM {schema}.pause WHERE until IS NULL OR until > {schema}.now_()
    ), given AS MATERIALIZED (
        SELECT g.source, g.lowest,
               EXISTS (SELECT FROM paused
                       WHERE paused.source = g.source OR starts_with(g.source, paused.source || '/')) AS is_paused
        FROM unnest($1, $2) AS g(source, lowest)
    )
    SELECT source, true AS is_waiting
    FROM given
    WHERE is_paused
       OR (SELECT e.id FROM {schema}.event e
           WHERE e.source = given.source AND e.ordering_key IS NOT NULL AND e.state = 0 AND e.isolation = 0
             AND e.due_at BETWEEN coalesce('epoch'::timestamptz + given.lowest * interval '1 microsecond', '-infinity')
                              AND {schema}.now_()
           ORDER BY e.due_at, e.id + 0 LIMIT 1) IS NOT NULL
    UNION ALL
    SELECT given.source, false
    FROM given
    CROSS JOIN LATERAL (
        (SELECT FROM {schema}.event e
        WHERE e.source = given.source AND e.state < 2 AND e.due_at <= {schema}.now_()
          AND e.due_at >= coalesce('epoch'::timestamptz + given.lowest * interval '1 microsecond', '-infinity')
          AND (e.state = 1 OR (e.ordering_key IS NULL
                               OR NOT coalesce((SELECT o.id FROM {schema}.event o
                                                WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                                                ORDER BY o.id + 0 LIMIT 1) < e.id, false)
                                  AND (SELECT o.id FROM {schema}.event o
                                       WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1
                                       ORDER BY o.id + 0 LIMIT 1) IS NULL))
        ORDER BY e.due_at, e.id
        LIMIT 1)
        UNION ALL
        (SELECT FROM {schema}.event e
        WHERE e.source = given.source AND e.state = 0 AND e.worker IS NOT NULL AND e.due_at <= {schema}.now_()
          AND (e.ordering_key IS NULL
               OR NOT coalesce((SELECT o.id FROM {schema}.event o
                                WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                                ORDER BY o.id + 0 LIMIT 1) < e.id, false)
                  AND (SELECT o.id FROM {schema}.event o
                       WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1
                       ORDER BY o.id + 0 LIMIT 1) IS NULL)
        ORDER BY e.due_at, e.id + 0
        LIMIT 1)
        UNION ALL
        -- Scheduled by a wrong clock.
        (SELECT FROM {schema}.event e
        WHERE e.source = given.source AND e.state = 0 AND e.isolation = 0
          AND e.due_at > {schema}.now_() + $3 * interval '1 ms'
          AND (e.ordering_key IS NULL
               OR NOT coalesce((SELECT o.id FROM {schema}.event o
                                WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state IN (0, 1, 4)
                                ORDER BY o.id + 0 LIMIT 1) < e.id, false)
                  AND (SELECT o.id FROM {schema}.event o
                       WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1
                       ORDER BY o.id + 0 LIMIT 1) IS NULL)
        ORDER BY e.due_at, e.id
        LIMIT 1)
        LIMIT 1
    ) due
    WHERE NOT given.is_paused;
END
$$;
