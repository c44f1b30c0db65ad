-- Adds increments to the rows of this minute, hour and day. $1 sources, each once and in the same order for all processes; $2 to
-- $7 their numbers; $8 and $9 the positions of sources and the packed times to done; $10 to $12 the positions of sources, the
-- names of keys, each once per source, and the numbers of their uses; $13 to $16 the positions of sources, the kinds and names of a
-- breakdown, each once per source, and their numbers; $17 the numbers of verified deliveries of the sources.
WITH clock AS MATERIALIZED (
    SELECT (date_part('epoch', {schema}.now_()) * 1000)::int8 AS now
), spans AS MATERIALIZED (
    SELECT span::int2, now / (span * 60000) * (span * 60000) AS at, now
    FROM clock, (VALUES (1::int8), (60), (1440)) AS of (span)
), given AS MATERIALIZED (
    SELECT given.*,
           (SELECT coalesce(array_agg(packed), '{}') FROM unnest($8::int8[], $9::int8[]) AS times (of, packed) WHERE of = nth) AS time_to_done
    FROM unnest($1::text[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $17::int8[])
        WITH ORDINALITY AS given (source, accepted, duplicates, attempts, done, retries, dead, deliveries, nth)
), counted AS (
    INSERT INTO {schema}.statistic AS s (span, at, source, accepted, duplicates, attempts, done, retries, dead, time_to_done)
    SELECT span, at, source, accepted, duplicates, attempts, done, retries, dead, time_to_done
    FROM given, spans
    ORDER BY nth, span
    ON CONFLICT (span, at, source) DO UPDATE
    SET accepted = s.accepted + EXCLUDED.accepted,
        duplicates = s.duplicates + EXCLUDED.duplicates,
        attempts = s.attempts + EXCLUDED.attempts,
        done = s.done + EXCLUDED.done,
        retries = s.retries + EXCLUDED.retries,
        dead = s.dead + EXCLUDED.dead,
        time_to_done = (
            SELECT coalesce(array_agg(packed), '{}')
            FROM (
                SELECT (bucket << 48) + sum(count)::int8 AS packed
                FROM (
                    SELECT packed >> 48 AS bucket, packed & ((1::int8 << 48) - 1) AS count
                    FROM unnest(s.time_to_done || EXCLUDED.time_to_done) AS packed
                ) AS unpacked
                GROUP BY bucket
            ) AS merged
        )
), used AS (
    INSERT INTO {schema}.key_use AS k (span, at, source, key, number, last_at)
    SELECT span, at, source, key, number, now
    FROM unnest($10::int8[], $11::text[], $12::int8[]) AS uses (of, key, number)
    JOIN given ON nth = of, spans
    ORDER BY nth, key COLLATE "C", span
    ON CONFLICT (span, at, source, key) DO UPDATE
    SET number = k.number + EXCLUDED.number, last_at = greatest(k.last_at, EXCLUDED.last_at)
), broken_down AS (
    INSERT INTO {schema}.breakdown AS b (span, at, source, kind, name, number, last_at)
    SELECT span, at, source, kind, name, number, now
    FROM unnest($13::int8[], $14::int2[], $15::text[], $16::int8[]) AS counts (of, kind, name, number)
    JOIN given ON nth = of, spans
    ORDER BY nth, kind, name COLLATE "C", span
    ON CONFLICT (span, at, source, kind, name) DO UPDATE
    SET number = b.number + EXCLUDED.number, last_at = greatest(b.last_at, EXCLUDED.last_at)
)
INSERT INTO {schema}.activity AS a (source, delivered_at, done_at)
SELECT source, CASE WHEN deliveries > 0 THEN now END, CASE WHEN done > 0 THEN now END
FROM given, clock
ORDER BY nth
ON CONFLICT (source) DO UPDATE
SET delivered_at = greatest(a.delivered_at, EXCLUDED.delivered_at), done_at = greatest(a.done_at, EXCLUDED.done_at)
