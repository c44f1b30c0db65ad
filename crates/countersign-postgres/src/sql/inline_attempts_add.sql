-- $1 sources, $2 providers, $3 tenants, $4 ids, $5 types, $6 fences, $7 the times in ms since they ended, $8 the times in ms that the
-- handlers took, $9 outcomes, $10 classes of failures, $11 response codes, $12 errors, $13 names of processes, $14 patterns of the
-- errors of failed attempts. One of each per attempt, the oldest first.
WITH given AS MATERIALIZED (
    SELECT g.*, {schema}.now_() - g.ago * interval '1 ms' AS ended_at
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::int8[], $8::int8[], $9::text[],
                $10::text[], $11::int4[], $12::text[], $13::text[], $14::text[])
         WITH ORDINALITY AS g(source, provider, tenant, external_id, event_type, fence, ago, took, outcome, failure, code, error,
                              worker, pattern, nth)
), counted AS MATERIALIZED (
    -- No event is the example.
    SELECT {schema}.count_error(source, event_type, failure, pattern, count, at, 0)
    FROM (SELECT source, coalesce(event_type, '') AS event_type, coalesce(failure, '') AS failure, pattern, count(*),
                 ended_at AS at
          FROM given
          WHERE pattern IS NOT NULL
          GROUP BY 1, 2, 3, 4, ended_at) p
)
INSERT INTO {schema}.inline_attempt (source, provider, tenant, external_id, event_type, fence, ended_at, took, outcome, failure, code,
                                     error, worker)
SELECT source, provider, tenant, external_id, event_type, fence, ended_at, took, outcome, failure, code, error, worker
FROM given
WHERE (SELECT count(*) FROM counted) >= 0
ORDER BY nth
