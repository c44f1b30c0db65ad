-- $1 the age in ms up to which reports of circuits are shown. A row is a limit, an operation on circuits, or a circuit that a worker has
-- reported, whose actor is the worker, whose reason is the pattern, and whose attempts are 1 if it is half open.
SELECT source, kind, id, (date_part('epoch', since) * 1000)::int8,
       CASE WHEN until IS NOT NULL THEN greatest((date_part('epoch', until - {schema}.now_()) * 1000)::int8, 0) END,
       attempts, per, actor, reason
FROM {schema}.control
WHERE until IS NULL OR until > {schema}.now_()
UNION ALL
SELECT source, 'report', 0, (date_part('epoch', seen_at) * 1000)::int8,
       greatest((date_part('epoch', until - {schema}.now_()) * 1000)::int8, 0), is_half_open::int4, NULL, worker, pattern
FROM {schema}.circuit
WHERE seen_at > {schema}.now_() - $1::int8 * interval '1 ms'
