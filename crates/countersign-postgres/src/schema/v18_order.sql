-- Events of an endpoint with the same key are handled one after the other, in the order of their ids. One that is due and waits
-- for an earlier one is held: held_due has its due time, and due_at is later, so that claims do not read it.
ALTER TABLE {schema}.event ADD COLUMN ordering_key text, ADD COLUMN held_due timestamptz;
-- Those that are not handled, those that run, those that may be due, and those that are held. Statements take the first ones in the
-- order of id + 0, which no other index has: where the planner expects that many events have a key, it would read all events in the
-- order of their ids until it finds one, although they are handled.
CREATE INDEX event_ordered ON {schema}.event (source, ordering_key, (id + 0))
    WHERE ordering_key IS NOT NULL AND state IN (0, 1, 4);
CREATE INDEX event_ordered_running ON {schema}.event (source, ordering_key, (id + 0))
    WHERE ordering_key IS NOT NULL AND state = 1;
CREATE INDEX event_ordered_due ON {schema}.event (source, due_at, id)
    WHERE ordering_key IS NOT NULL AND state = 0 AND isolation = 0;
CREATE INDEX event_held ON {schema}.event (source, held_due) WHERE state = 0 AND held_due IS NOT NULL;

-- Refuses a transaction with one snapshot, which does not have what others have committed since.
CREATE FUNCTION {schema}.check_snapshots() RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') = 'repeatable read' THEN
        RAISE EXCEPTION 'ordering keys need transactions that are read committed or serializable: set default_transaction_isolation, or the level of this transaction';
    END IF;
END
$$;

-- Locks a key until the end of the transaction, if no other transaction has it. One that claims, holds or releases decides about
-- it alone: what these functions read after the lock was committed before it, because each of their statements has a snapshot of
-- its own.
CREATE FUNCTION {schema}.lock_order(source text, ordering_key text) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM {schema}.check_snapshots();
    RETURN pg_try_advisory_xact_lock(hashtext('countersign-postgres order {schema}'), hashtext($1 || ' ' || $2));
END
$$;

-- Whether no other event with the key comes first: none that runs, and no earlier one that is not handled.
CREATE FUNCTION {schema}.is_next(id bigint, source text, ordering_key text) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT {schema}.lock_order($2, $3) THEN
        RETURN false;
    END IF;
    RETURN NOT coalesce((SELECT e.id FROM {schema}.event e
                         WHERE e.source = $2 AND e.ordering_key = $3 AND e.state IN (0, 1, 4)
                         ORDER BY e.id + 0 LIMIT 1) < $1, false)
       AND (SELECT e.id FROM {schema}.event e
            WHERE e.source = $2 AND e.ordering_key = $3 AND e.state = 1
            ORDER BY e.id + 0 LIMIT 1) IS NULL;
END
$$;

-- Whether an earlier event with the key is not handled.
CREATE FUNCTION {schema}.is_held(id bigint, source text, ordering_key text) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT {schema}.lock_order($2, $3) THEN
        RETURN false;
    END IF;
    RETURN coalesce((SELECT e.id FROM {schema}.event e
                     WHERE e.source = $2 AND e.ordering_key = $3 AND e.state IN (0, 1, 4)
                     ORDER BY e.id + 0 LIMIT 1) < $1, false);
END
$$;

-- Makes the earliest event with the key due as it was before it was held. A row that another transaction has is left: that one
-- handles it, and releases the next.
CREATE FUNCTION {schema}.release_order(source text, ordering_key text) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
BEGIN
    PERFORM {schema}.check_snapshots();
    PERFORM pg_advisory_xact_lock(hashtext('countersign-postgres order {schema}'), hashtext($1 || ' ' || $2));
    SELECT h.id INTO held
    FROM (SELECT e.id, e.held_due FROM {schema}.event e
          WHERE e.source = $1 AND e.ordering_key = $2 AND e.state IN (0, 1, 4)
          ORDER BY e.id + 0 LIMIT 1) h
    WHERE h.held_due IS NOT NULL;
    IF held IS NOT NULL THEN
        SELECT e.id INTO held FROM {schema}.event e
        WHERE e.id = held AND e.state = 0 AND e.held_due IS NOT NULL
        FOR UPDATE SKIP LOCKED;
        UPDATE {schema}.event e SET due_at = e.held_due, held_due = NULL, worker = '' WHERE e.id = held;
    END IF;
END
$$;
