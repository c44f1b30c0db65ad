-- How many events of each source are in each state, without counting them. Each transaction adds rows of its own to
-- event_delta, so that none waits for another; from time to time, they are folded into a generation of totals. A generation
-- has the transactions that were committed before next_xid, but for those of open_xids, and deltas of all others are added
-- to it. Nothing is read twice: what was folded leaves entries in the indexes for as long as an old snapshot is held.
CREATE TABLE {schema}.event_delta (
    xid bigint NOT NULL,
    source text NOT NULL,
    state smallint NOT NULL,
    delta bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX event_delta_xid ON {schema}.event_delta (xid);

CREATE TABLE {schema}.event_generation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    next_xid bigint NOT NULL,
    open_xids bigint[] NOT NULL
);

CREATE TABLE {schema}.event_total (
    generation bigint NOT NULL,
    source text NOT NULL,
    state smallint NOT NULL,
    count bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX event_total_generation ON {schema}.event_total (generation);

CREATE FUNCTION {schema}.event_inserted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO {schema}.event_delta (xid, source, state, delta)
    SELECT txid_current(), source, state, count(*) FROM new_rows GROUP BY source, state;
    RETURN NULL;
END
$$;

CREATE FUNCTION {schema}.event_updated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO {schema}.event_delta (xid, source, state, delta)
    SELECT txid_current(), source, state, sum(change)
    FROM (SELECT source, state, 1 AS change FROM new_rows UNION ALL SELECT source, state, -1 FROM old_rows) r
    GROUP BY source, state
    HAVING sum(change) <> 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION {schema}.event_deleted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO {schema}.event_delta (xid, source, state, delta)
    SELECT txid_current(), source, state, -count(*) FROM old_rows GROUP BY source, state;
    RETURN NULL;
END
$$;

CREATE FUNCTION {schema}.event_truncated() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM {schema}.event_generation;
    RETURN NULL;
END
$$;

CREATE TRIGGER event_inserted AFTER INSERT ON {schema}.event
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.event_inserted();
CREATE TRIGGER event_updated AFTER UPDATE ON {schema}.event
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.event_updated();
CREATE TRIGGER event_deleted AFTER DELETE ON {schema}.event
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {schema}.event_deleted();
CREATE TRIGGER event_truncated AFTER TRUNCATE ON {schema}.event
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}.event_truncated();

-- Without a generation, all events are counted: that is so until the first one is made.
CREATE FUNCTION {schema}.event_counts() RETURNS TABLE (source text, state smallint, count bigint)
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
          SELECT d.source, d.state, d.delta FROM {schema}.event_delta d
          WHERE d.xid >= latest.next_xid OR d.xid = ANY (latest.open_xids)) c
    GROUP BY c.source, c.state
    HAVING sum(c.number) <> 0;
END
$$;

-- Makes the next generation, if there are some deltas. One process at a time does it, in a transaction of its own, in which
-- each statement sees what was committed before it.
CREATE FUNCTION {schema}.fold_event_counts() RETURNS void
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
    IF (SELECT count(*) < 200
        FROM (SELECT FROM {schema}.event_delta
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
          SELECT source, state, delta FROM {schema}.event_delta
          WHERE xid >= latest.next_xid OR xid = ANY (latest.open_xids)) c
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

-- Columns that operators list by. The text of a type may be long; its hash is not.
CREATE INDEX event_listed ON {schema}.event (source, state, id);
CREATE INDEX event_typed ON {schema}.event (hashtext(event_type), id) WHERE event_type IS NOT NULL;

-- An error without what differs from one to the next: a part of an error is in the class of the error, too, as its own class.
CREATE FUNCTION {schema}.error_class(error text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT left(regexp_replace(lower(error COLLATE "C"), '[0-9a-f]+', '#', 'g'), 600) $$;
CREATE INDEX event_error ON {schema}.event ({schema}.error_class(error), id) WHERE error IS NOT NULL;
