SELECT (date_part('epoch', {schema}.now_()) * 1000)::int8
