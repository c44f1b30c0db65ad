UPDATE wh_audit SET count = count + ?2, event_id = NULL WHERE id = ?1
