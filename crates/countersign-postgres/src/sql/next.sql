(e.ordering_key IS NULL
-- Functions of the schema have the same conditions (v21_kept_plans.sql): a change here, or in first.sql, needs a migration of them.
               OR NOT coalesce({first} < e.id, false)
              AND (SELECT o.id FROM {schema}.event o
                   WHERE o.source = e.source AND o.ordering_key = e.ordering_key AND o.state = 1
                   ORDER BY o.id + 0 LIMIT 1) IS NULL)