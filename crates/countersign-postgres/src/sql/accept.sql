-- One array per column, one element per event; keys are distinct. One row per event, in any order.
-- Known events are only read. If an event was not stored and is not known, another transaction was faster: it is looked
-- up again. Rows are written in order of their keys, so that batches do not deadlock. $15 is the lock timeout for keys that
-- other transactions are storing: null leaves the setting of the transaction. $16 are the ordering keys.
WITH limits AS MATERIALIZED (
    SELECT set_config('lock_timeout', coalesce($15::text, current_setting('lock_timeout')), true)
), given AS MATERIALIZED (
    SELECT g.*, {schema}.now_() AS now, ({schema}.now_() AT TIME ZONE 'UTC')::date AS day
    FROM limits, unnest((SELECT $1::bytea[]), $2::bytea[], $3::bytea[], $4::bool[], $5::bool[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::int8[], $12::bytea[], $13::bytea[], $14::text[], $16::text[])
         WITH ORDINALITY
         AS g(key, body_digest, guard, is_strict, requeues, source, tenant, provider,
              external_id, event_type, received_at, head, body, traceparent, ordering_key, place)
), known AS MATERIALIZED (
    SELECT given.place, e.id, e.state, e.body_digest = given.body_digest AS same_body,
           e.state = 4 OR e.state = 3 AND given.requeues AS is_requeued, e.day,
           e.source, e.ordering_key
    FROM given
    CROSS JOIN LATERAL (SELECT id, state, body_digest, day, source, ordering_key FROM {schema}.event WHERE key = given.key LIMIT 1) e
), guarded AS MATERIALIZED (
    SELECT given.place, given.is_strict
    FROM given
    CROSS JOIN LATERAL (SELECT FROM {schema}.event WHERE guard = given.guard AND key <> given.key LIMIT 1) e
), stored AS (
    INSERT INTO {schema}.event (key, body_digest, guard, source, tenant, provider, external_id, event_type,
                                received_at, stored_at, age_from, due_at, day, ordering_key)
    SELECT key, body_digest, CASE WHEN guarded.place IS NULL THEN guard END, source, tenant, provider, external_id,
           event_type, to_timestamp(received_at / 1000.0), now, now, now, day, ordering_key
    FROM given
    LEFT JOIN guarded USING (place)
    WHERE NOT EXISTS (SELECT FROM known WHERE known.place = given.place)
      AND guarded.is_strict IS DISTINCT FROM true
    ORDER BY coalesce(guard, key), key
    ON CONFLICT DO NOTHING
    RETURNING id, key, day
), kept AS (
    INSERT INTO {schema}.body (event_id, day, head, body, traceparent)
    SELECT stored.id, stored.day, given.head, given.body, given.traceparent
    FROM stored
    JOIN given USING (key)
), again AS MATERIALIZED (
    -- With an unsigned id, other bytes may be forged: the stored ones are kept.
    SELECT known.id, given.key, given.body_digest, given.external_id, given.event_type, given.received_at, given.head,
           given.body, given.traceparent, given.ordering_key, known.source, known.ordering_key AS key_before,
           is_of_another IS NOT TRUE OR known.same_body AS is_replaced,
           CASE WHEN is_of_another IS NOT TRUE THEN given.guard END AS new_guard
    FROM known
    JOIN given USING (place)
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM guarded WHERE guarded.place = known.place)
            OR EXISTS (SELECT FROM given o WHERE o.guard = given.guard AND o.key <> given.key) AS is_of_another
    ) o
    WHERE known.is_requeued
), requeued AS (
    UPDATE {schema}.event e
    SET state = 0, attempt = 0, replays = replays + 1, isolation = 0, worker = NULL, finished_at = NULL,
        age_from = {schema}.now_(), due_at = {schema}.now_(), held_due = NULL, replayed_by = e.provider,
        body_digest = CASE WHEN is_replaced THEN again.body_digest ELSE e.body_digest END,
        guard = coalesce(again.new_guard, e.guard),
        external_id = CASE WHEN is_replaced THEN again.external_id ELSE e.external_id END,
        event_type = CASE WHEN is_replaced THEN again.event_type ELSE e.event_type END,
        ordering_key = CASE WHEN is_replaced THEN again.ordering_key ELSE e.ordering_key END,
        received_at = CASE WHEN is_replaced THEN to_timestamp(again.received_at / 1000.0) ELSE e.received_at END
    FROM again
    -- Without + 0, the index of handled events would be searched, if the statistics are from a time when there were few.
    WHERE e.id = again.id AND e.state + 0 IN (3, 4)
    RETURNING e.id, e.provider, is_replaced, e.day, again.head, again.body, again.traceparent, e.source, key_before,
              e.ordering_key
), replaced AS (
    INSERT INTO {schema}.body AS b (event_id, day, head, body, traceparent)
    SELECT id, day, head, body, traceparent FROM requeued WHERE is_replaced
    ON CONFLICT (event_id, day) DO UPDATE
    SET head = EXCLUDED.head, body = EXCLUDED.body, traceparent = EXCLUDED.traceparent
), audited AS (
    INSERT INTO {schema}.audit (at, actor, action, events)
    SELECT {schema}.now_(), provider, 'requeue', ARRAY[id] FROM requeued
), released AS MATERIALIZED (
    -- Others have waited for those that have another key now.
    SELECT {schema}.release_order(source, key_before)
    FROM (SELECT DISTINCT source, key_before FROM requeued
          WHERE key_before IS NOT NULL AND key_before IS DISTINCT FROM ordering_key
          ORDER BY 1, 2) k
)
SELECT given.place, stored.id AS stored_id, known.id AS known_id, known.state AS known_state,
       coalesce(known.same_body, false) AS same_body, coalesce(known.is_requeued, false) AS is_requeued,
       requeued.id AS requeued_id, guarded.place IS NOT NULL AS is_guarded, given.day - DATE '1970-01-01' AS day
FROM given
LEFT JOIN stored USING (key)
LEFT JOIN known USING (place)
LEFT JOIN guarded USING (place)
LEFT JOIN requeued ON requeued.id = known.id
WHERE (SELECT count(*) FROM released) >= 0
