UPDATE {schema}.version SET probed_at = {schema}.now_()
