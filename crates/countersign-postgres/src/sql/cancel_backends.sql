SELECT count(pg_cancel_backend(a.pid)) FROM unnest($1::int4[], $2::int8[]) p(pid, started)
CROSS JOIN LATERAL pg_stat_get_activity(p.pid) a
WHERE (extract(epoch FROM a.backend_start) * 1000000)::int8 IS NOT DISTINCT FROM p.started
