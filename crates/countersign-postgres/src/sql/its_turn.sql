CASE WHEN e.ordering_key IS NULL THEN true
                    WHEN {next} THEN {schema}.is_next(e.id, e.source, e.ordering_key)
                    ELSE false END