-- {limit} milliseconds. Settings of a transaction for an operator; the process of the server with its start, and the time of the server. Without costs of pages, the
-- planner chooses the index that leaves the fewest rows to examine. With them it would prefer the order of ids, and read the whole table
-- where no event has both of two frequent values.
SELECT pg_backend_pid(), (SELECT (extract(epoch FROM backend_start) * 1000000)::int8 FROM pg_stat_get_activity(pg_backend_pid())),
       (date_part('epoch', {schema}.now_()) * 1000)::int8,
       set_config('statement_timeout', '{limit}', true), set_config('seq_page_cost', '0', true), set_config('random_page_cost', '0', true)
