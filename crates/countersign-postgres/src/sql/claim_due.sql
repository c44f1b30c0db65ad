-- One array per column, one element per claim; sources are distinct. $1 sources, $2 workers, $3 events at most, $4 ttl in
-- ms, $5 horizon in ms, $6 microseconds from which the index is searched, or null. What runs under a lease that has expired is due, too. place is that of the claim.
WITH given AS MATERIALIZED (
    SELECT g.*, coalesce('epoch'::timestamptz + g.lowest_micros * interval '1 microsecond', '-infinity') AS lowest,
           {schema}.now_() AS now, {schema}.fence_floor() AS fence_floor
    FROM unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[]) WITH ORDINALITY
         AS g(source, worker, most, ttl, horizon, lowest_micros, place)
), back AS MATERIALIZED (
    SELECT given.place, b.id, b.due_at
    FROM given
    CROSS JOIN LATERAL (
        SELECT id, due_at FROM {schema}.event
        WHERE source = given.source AND state = 0 AND worker IS NOT NULL AND due_at < given.lowest
        ORDER BY due_at, id
        LIMIT given.most
        FOR UPDATE SKIP LOCKED
    ) b
), due AS MATERIALIZED (
    SELECT given.place, d.id, d.due_at
    FROM given
    CROSS JOIN LATERAL (
        SELECT id, due_at FROM {schema}.event
        WHERE source = given.source AND state < 2 AND due_at BETWEEN given.lowest AND given.now
        ORDER BY due_at, id
        LIMIT greatest(given.most - (SELECT count(*) FROM back WHERE back.place = given.place), 0)
        FOR UPDATE SKIP LOCKED
    ) d
), astray AS MATERIALIZED (
    -- Put there by a clock that was wrong.
    SELECT given.place, a.id, a.due_at
    FROM given
    CROSS JOIN LATERAL (
        SELECT id, due_at FROM {schema}.event
        WHERE source = given.source AND state = 0 AND due_at > given.now + given.horizon * interval '1 ms'
        ORDER BY due_at, id
        LIMIT greatest(given.most - (SELECT count(*) FROM back WHERE back.place = given.place)
                                    - (SELECT count(*) FROM due WHERE due.place = given.place), 0)
        FOR UPDATE SKIP LOCKED
    ) a
), leased AS (
    UPDATE {schema}.event e
    SET state = 1, attempt = attempt + 1, fence = greatest(e.fence + 1, nextval('{schema}.fence'), given.fence_floor), worker = given.worker,
        due_at = given.now + given.ttl * interval '1 ms'
    FROM (SELECT * FROM back UNION ALL SELECT * FROM due UNION ALL SELECT * FROM astray) d
    JOIN given USING (place)
    WHERE e.id = d.id
    RETURNING e.id, e.key, e.source, e.tenant, e.provider, e.external_id, e.event_type, e.attempt, e.replays, e.fence,
              e.received_at, e.age_from, e.due_at, e.day, d.due_at AS due_since, d.place
)
SELECT l.id, l.key, l.source, l.tenant, l.provider, l.external_id, l.event_type, l.attempt, l.replays, l.fence,
       (date_part('epoch', l.received_at) * 1000)::int8 AS received_at,
       (date_part('epoch', {schema}.now_() - l.age_from) * 1000)::int8 AS age,
       (date_part('epoch', l.due_at) * 1000)::int8 AS expires_at,
       b.head, b.body, b.traceparent, l.place
FROM leased l
LEFT JOIN {schema}.body b ON b.event_id = l.id AND b.day = l.day
ORDER BY l.due_since, l.id
