-- For each source, a time before which no event is due that waits or runs, and no transaction can add one: looks for the oldest one
-- start there, as handled events leave entries in the index of due times for as long as an old snapshot needs them. Each generation of
-- totals has its own bounds, so that what was replaced is not read. Events that were given back may be due before: they have an index of
-- their own.
CREATE TABLE {schema}.due_bound (
    generation bigint NOT NULL,
    source text NOT NULL,
    lowest timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX due_bound_generation ON {schema}.due_bound (generation);

-- looks has pairs, the oldest first: a clock in microseconds, and a transaction id above all that were in progress then. Once these are
-- over, what is added is due at that clock or later, which is settled.
ALTER TABLE {schema}.event_generation
    ADD COLUMN clock bigint NOT NULL DEFAULT 0,
    ADD COLUMN settled bigint NOT NULL DEFAULT 0,
    ADD COLUMN looks bigint[] NOT NULL DEFAULT '{}';

-- The clock of the statement that has changed events: one before the time that is settled means that the clock was set back.
ALTER TABLE {schema}.event_delta
    ADD COLUMN clock bigint NOT NULL DEFAULT (extract(epoch FROM {schema}.now_()) * 1000000)::bigint;

-- None, if the clock was set back since the latest generation, or for a time since then: events that were added at that time may be due
-- before the bounds.
CREATE FUNCTION {schema}.due_bounds() RETURNS TABLE (source text, lowest timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    latest record;
BEGIN
    SELECT g.* INTO latest FROM {schema}.event_generation g ORDER BY g.id DESC LIMIT 1;
    IF latest.id IS NULL OR latest.clock > (extract(epoch FROM {schema}.now_()) * 1000000)::bigint
        OR EXISTS (SELECT FROM {schema}.event_delta d
                   WHERE (d.xid >= latest.next_xid OR d.xid = ANY (latest.open_xids)) AND d.clock < latest.settled) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT b.source, b.lowest FROM {schema}.due_bound b WHERE b.generation = latest.id;
END
$$;

-- As before, and the bounds. A few deltas with many events make a generation, too, as each event may leave an entry.
CREATE OR REPLACE FUNCTION {schema}.fold_event_counts() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = on AS $$
DECLARE
    latest record;
    before record;
    made record;
    is_continued boolean;
    oldest bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('countersign-postgres counts'), hashtext('{schema}')) THEN
        RETURN;
    END IF;
    SELECT * INTO latest FROM {schema}.event_generation ORDER BY id DESC LIMIT 1;
    -- A generation from the future came with the tables, out of another cluster: its transactions are none of this one.
    IF latest.id IS NULL OR latest.next_xid > txid_snapshot_xmax(txid_current_snapshot()) THEN
        DELETE FROM {schema}.event_delta;
        DELETE FROM {schema}.event_total;
        DELETE FROM {schema}.due_bound;
        DELETE FROM {schema}.event_generation;
        WITH generation AS (
            INSERT INTO {schema}.event_generation (next_xid, open_xids)
            SELECT txid_snapshot_xmax(s), ARRAY(SELECT txid_snapshot_xip(s)) FROM txid_current_snapshot() s
            RETURNING id
        )
        INSERT INTO {schema}.event_total (generation, source, state, count)
        SELECT generation.id, source, state, count(*) FROM generation, {schema}.event GROUP BY generation.id, source, state;
        RETURN;
    END IF;
    IF (SELECT coalesce(sum(cardinality(deltas)), 0) < 200 AND coalesce(sum((SELECT sum(abs(n)) FROM unnest(deltas) n)), 0) < 5000
        FROM (SELECT deltas FROM {schema}.event_delta
              WHERE xid >= latest.next_xid OR xid = ANY (latest.open_xids) LIMIT 200) d) THEN
        RETURN;
    END IF;
    WITH generation AS (
        INSERT INTO {schema}.event_generation (next_xid, open_xids)
        SELECT txid_snapshot_xmax(s), ARRAY(SELECT txid_snapshot_xip(s)) FROM txid_current_snapshot() s
        RETURNING *
    ), totals AS (
        INSERT INTO {schema}.event_total (generation, source, state, count)
        SELECT generation.id, source, state, sum(number)
        FROM generation,
             (SELECT source, state, count AS number FROM {schema}.event_total WHERE generation = latest.id
              UNION ALL
              SELECT u.source, u.state, u.delta
              FROM {schema}.event_delta d, unnest(d.sources, d.states, d.deltas) AS u(source, state, delta)
              WHERE d.xid >= latest.next_xid OR d.xid = ANY (latest.open_xids)) c
        GROUP BY generation.id, source, state
        HAVING sum(number) <> 0
    )
    SELECT id, next_xid, open_xids, (extract(epoch FROM {schema}.now_()) * 1000000)::bigint AS clock, 0::bigint AS settled,
           '{}'::bigint[] AS looks
    INTO made FROM generation;
    -- The clock was not set back: otherwise new events are due before earlier ones.
    is_continued := made.clock >= latest.clock
        AND NOT EXISTS (SELECT FROM {schema}.event_delta
                        WHERE (xid >= latest.next_xid OR xid = ANY (latest.open_xids)) AND clock < latest.settled);
    IF is_continued THEN
        made.settled := latest.settled;
        made.looks := latest.looks;
    END IF;
    IF cardinality(made.looks) < 128 THEN
        made.looks := made.looks || ARRAY[made.clock, made.next_xid];
    END IF;
    oldest := coalesce((SELECT min(xid) FROM unnest(made.open_xids) AS xid), made.next_xid);
    WHILE made.looks[2] <= oldest LOOP
        -- A second between the clock of a statement and the start of its transaction.
        made.settled := greatest(made.settled, made.looks[1] - 1000000);
        made.looks := made.looks[3:];
    END LOOP;
    UPDATE {schema}.event_generation SET clock = made.clock, settled = made.settled, looks = made.looks WHERE id = made.id;
    -- While a transaction is open, the bounds stay as they are: to look for higher ones would read the entries of all events since then,
    -- each time. All events of a source that is new were added after what is settled.
    IF is_continued AND made.settled > 0 AND made.settled = latest.settled THEN
        INSERT INTO {schema}.due_bound (generation, source, lowest)
        SELECT made.id, s.source, coalesce(b.lowest, 'epoch'::timestamptz + made.settled * interval '1 microsecond')
        FROM (SELECT DISTINCT source FROM {schema}.event_total WHERE generation = made.id) s
        LEFT JOIN {schema}.due_bound b ON b.generation = latest.id AND b.source = s.source;
    END IF;
    -- The oldest event comes first in the index, which is not read completely.
    PERFORM set_config('enable_bitmapscan', 'off', true);
    INSERT INTO {schema}.due_bound (generation, source, lowest)
    SELECT made.id, s.source, least(first.due_at, 'epoch'::timestamptz + made.settled * interval '1 microsecond')
    FROM (SELECT DISTINCT source FROM {schema}.event_total WHERE generation = made.id) s
    LEFT JOIN {schema}.due_bound b ON b.generation = latest.id AND b.source = s.source AND is_continued
    LEFT JOIN LATERAL (
        SELECT e.due_at FROM {schema}.event e
        WHERE e.source = s.source AND e.state < 2 AND e.due_at >= coalesce(b.lowest, '-infinity')
        ORDER BY e.due_at, e.id
        LIMIT 1
    ) first ON true
    WHERE made.settled > 0 AND NOT (is_continued AND made.settled = latest.settled);
    PERFORM set_config('enable_bitmapscan', 'on', true);
    -- Rows that the latest generation has, and the one before had not.
    SELECT * INTO before FROM {schema}.event_generation WHERE id < latest.id ORDER BY id DESC LIMIT 1;
    DELETE FROM {schema}.event_delta
    WHERE (xid >= coalesce(before.next_xid, 0) OR xid = ANY (before.open_xids))
      AND xid < latest.next_xid AND xid <> ALL (latest.open_xids);
    DELETE FROM {schema}.event_total WHERE generation = before.id;
    DELETE FROM {schema}.due_bound WHERE generation = before.id;
    DELETE FROM {schema}.event_generation WHERE id = before.id;
END
$$;

-- As the other functions that read with the rights of their owner: for roles that may read.
DO $$
DECLARE
    entry record;
BEGIN
    REVOKE ALL ON FUNCTION {schema}.due_bounds() FROM PUBLIC;
    FOR entry IN
        SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END AS grantee
        FROM pg_class AS class, aclexplode(class.relacl) AS acl
        WHERE class.oid = '{schema}.event'::regclass AND acl.privilege_type = 'SELECT'
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION {schema}.due_bounds() TO %s', entry.grantee);
    END LOOP;
END
$$;
