-- $1 source, $2 worker, $3 id, $4 ttl in ms, $5 whether the claimer handles one event at a time, $6 its number. Due or not,
-- unless it is running, waits for another one with its key, or the source is paused. Without + 0 and || '', the index of due
-- times or that of sources would be read, if the statistics are from a time when few events were there.
WITH found AS MATERIALIZED (
    SELECT id, source, ordering_key, state = 1 AND is_started AND instance = $6 AS has_crashed, state = 1 AS is_lost, attempt, fence, worker, claimed_at, due_at
    FROM {schema}.event e
    WHERE id = $3 AND source || '' = $1
      AND (state + 0 = 0 AND {next}
           OR state + 0 = 1 AND due_at <= {schema}.now_())
      AND NOT EXISTS (SELECT FROM {schema}.pause p
                      WHERE (p.source = $1 OR starts_with($1, p.source || '/')) AND (p.until IS NULL OR p.until > {schema}.now_()))
    FOR UPDATE
), next AS MATERIALIZED (
    SELECT * FROM found WHERE ordering_key IS NULL OR is_lost OR {schema}.is_next(id, source, ordering_key)
), leased AS (
    UPDATE {schema}.event e
    SET state = 1, attempt = e.attempt + CASE WHEN e.state = 1 AND NOT e.is_started THEN 0 ELSE 1 END,
        isolation = CASE WHEN e.state = 1 AND e.instance <> $6 THEN greatest(e.isolation + e.is_started::int, 1)
                         WHEN $5 THEN greatest(e.isolation, 1)
                         ELSE e.isolation END,
        is_started = e.state = 0 AND e.isolation <= CASE WHEN $5 THEN 1 ELSE 0 END, instance = $6, fence = greatest(e.fence + 1, nextval('{schema}.fence'), {schema}.fence_floor()), worker = $2,
        claimed_at = {schema}.now_(), due_at = {schema}.now_() + $4::int8 * interval '1 ms', held_due = NULL
    FROM next AS found
    WHERE e.id = found.id AND (e.state + 0 = 0 OR e.state + 0 = 1 AND e.due_at <= {schema}.now_())
    RETURNING e.id, e.key, e.source, e.tenant, e.provider, e.external_id, e.event_type, e.ordering_key, e.attempt, e.replays, e.fence,
              e.received_at, e.age_from, e.due_at, e.day, e.isolation, e.replayed_by, found.has_crashed, found.is_lost,
              found.attempt AS lost_attempt, found.fence AS lost_fence, found.worker AS lost_worker,
              found.claimed_at AS lost_since, found.due_at AS lost_at
), recorded AS (
    INSERT INTO {schema}.attempt (event_id, attempt, fence, started_at, ended_at, outcome, error, worker, replayed_by, day)
    SELECT id, lost_attempt, lost_fence, lost_since, lost_at, 'lost', '', lost_worker, replayed_by,
           ({schema}.now_() AT TIME ZONE 'UTC')::date
    FROM leased
    WHERE is_lost
)
SELECT l.id, l.key, l.source, l.tenant, l.provider, l.external_id, l.event_type, l.ordering_key, l.attempt, l.replays, l.fence,
       l.isolation, l.is_lost, l.has_crashed,
       (date_part('epoch', l.received_at) * 1000)::int8 AS received_at,
       (date_part('epoch', {schema}.now_() - l.age_from) * 1000)::int8 AS age,
       (date_part('epoch', l.due_at) * 1000)::int8 AS expires_at,
       b.head, b.body, b.traceparent
FROM leased l
LEFT JOIN {schema}.body b ON b.event_id = l.id AND b.day = l.day
