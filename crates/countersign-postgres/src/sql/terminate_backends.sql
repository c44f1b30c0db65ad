SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
WHERE (pid = $3 AND (extract(epoch FROM backend_start) * 1000000)::int8 IS NOT DISTINCT FROM $4
       OR wait_event = 'SyncRep'
          AND (position($1 IN query) > 0 OR position('pg_logical_emit_message' IN query) > 0)
          AND query_start < clock_timestamp() - $2::int8 * interval '1 ms')
  AND usename = current_user AND datname = current_database()
