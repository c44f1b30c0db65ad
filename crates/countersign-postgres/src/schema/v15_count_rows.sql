-- A statement adds one row with all its sources and states, and one entry in the index, however many sources it is about.
ALTER TABLE {schema}.event_delta ADD COLUMN sources text[], ADD COLUMN states smallint[], ADD COLUMN deltas bigint[];
UPDATE {schema}.event_delta SET sources = ARRAY[source], states = ARRAY[state], deltas = ARRAY[delta];
ALTER TABLE {schema}.event_delta DROP COLUMN source, DROP COLUMN state, DROP COLUMN delta,
    ALTER COLUMN sources SET NOT NULL, ALTER COLUMN states SET NOT NULL, ALTER COLUMN deltas SET NOT NULL;

CREATE OR REPLACE FUNCTION {schema}.event_inserted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO {schema}.event_delta (xid, sources, states, deltas)
    SELECT txid_current(), array_agg(source), array_agg(state), array_agg(number)
    FROM (SELECT source, state, count(*) AS number FROM new_rows GROUP BY source, state) r
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION {schema}.event_updated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO {schema}.event_delta (xid, sources, states, deltas)
    SELECT txid_current(), array_agg(source), array_agg(state), array_agg(number)
    FROM (SELECT source, state, sum(change) AS number
          FROM (SELECT source, state, 1 AS change FROM new_rows UNION ALL SELECT source, state, -1 FROM old_rows) c
          GROUP BY source, state
          HAVING sum(change) <> 0) r
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION {schema}.event_deleted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO {schema}.event_delta (xid, sources, states, deltas)
    SELECT txid_current(), array_agg(source), array_agg(state), array_agg(-number)
    FROM (SELECT source, state, count(*) AS number FROM old_rows GROUP BY source, state) r
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;

-- Without a generation, all events are counted: that is so until the first one is made.
CREATE OR REPLACE FUNCTION {schema}.event_counts() RETURNS TABLE (source text, state smallint, count bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    latest record;
BEGIN
    SELECT g.* INTO latest FROM {schema}.event_generation g ORDER BY g.id DESC LIMIT 1;
    IF latest.id IS NULL THEN
        RETURN QUERY SELECT e.source, e.state, count(*) FROM {schema}.event e GROUP BY e.source, e.state;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.source, c.state, sum(c.number)::bigint
    FROM (SELECT t.source, t.state, t.count AS number FROM {schema}.event_total t WHERE t.generation = latest.id
          UNION ALL
          SELECT u.source, u.state, u.delta
          FROM {schema}.event_delta d, unnest(d.sources, d.states, d.deltas) AS u(source, state, delta)
          WHERE d.xid >= latest.next_xid OR d.xid = ANY (latest.open_xids)) c
    GROUP BY c.source, c.state
    HAVING sum(c.number) <> 0;
END
$$;

-- Makes the next generation, if there are some deltas. One process at a time does it, in a transaction of its own, in which
-- each statement sees what was committed before it.
CREATE OR REPLACE FUNCTION {schema}.fold_event_counts() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    latest record;
    before record;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('countersign-postgres counts'), hashtext('{schema}')) THEN
        RETURN;
    END IF;
    SELECT * INTO latest FROM {schema}.event_generation ORDER BY id DESC LIMIT 1;
    -- A generation from the future came with the tables, out of another cluster: its transactions are none of this one.
    IF latest.id IS NULL OR latest.next_xid > txid_snapshot_xmax(txid_current_snapshot()) THEN
        DELETE FROM {schema}.event_delta;
        DELETE FROM {schema}.event_total;
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
    IF (SELECT coalesce(sum(cardinality(deltas)), 0) < 200
        FROM (SELECT deltas FROM {schema}.event_delta
              WHERE xid >= latest.next_xid OR xid = ANY (latest.open_xids) LIMIT 200) d) THEN
        RETURN;
    END IF;
    WITH generation AS (
        INSERT INTO {schema}.event_generation (next_xid, open_xids)
        SELECT txid_snapshot_xmax(s), ARRAY(SELECT txid_snapshot_xip(s)) FROM txid_current_snapshot() s
        RETURNING id
    )
    INSERT INTO {schema}.event_total (generation, source, state, count)
    SELECT generation.id, source, state, sum(number)
    FROM generation,
         (SELECT source, state, count AS number FROM {schema}.event_total WHERE generation = latest.id
          UNION ALL
          SELECT u.source, u.state, u.delta
          FROM {schema}.event_delta d, unnest(d.sources, d.states, d.deltas) AS u(source, state, delta)
          WHERE d.xid >= latest.next_xid OR d.xid = ANY (latest.open_xids)) c
    GROUP BY generation.id, source, state
    HAVING sum(number) <> 0;
    -- Rows that the latest generation has, and the one before had not.
    SELECT * INTO before FROM {schema}.event_generation WHERE id < latest.id ORDER BY id DESC LIMIT 1;
    DELETE FROM {schema}.event_delta
    WHERE (xid >= coalesce(before.next_xid, 0) OR xid = ANY (before.open_xids))
      AND xid < latest.next_xid AND xid <> ALL (latest.open_xids);
    DELETE FROM {schema}.event_total WHERE generation = before.id;
    DELETE FROM {schema}.event_generation WHERE id = before.id;
END
$$;
