-- Fences are above all earlier ones of their key, also after a failover or a restore, which may set the sequence back: the
-- least is the clock, in microseconds. Should the clock be set back instead, the sequence is above what was forgotten.
CREATE FUNCTION {schema}.fence_floor() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT (extract(epoch FROM {schema}.now_()) * 1000000)::int8';

CREATE FUNCTION {schema}.raise_fence(lowest bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('countersign-postgres fence'));
    IF (SELECT last_value FROM {schema}.fence) < lowest THEN
        PERFORM setval('{schema}.fence', lowest);
    END IF;
    RETURN lowest;
END
$$;

-- An event that was given back is due since before: claims that begin where nothing came any more look for it here.
CREATE INDEX event_given_back ON {schema}.event (source, due_at, id) WHERE state = 0 AND worker IS NOT NULL;
