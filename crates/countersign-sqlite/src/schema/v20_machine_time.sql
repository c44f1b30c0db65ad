-- The start of the machine, the time since then, and the system clock minus this time, at the moment of `clock`; 0 if they are unknown.
INSERT INTO wh_meta(name, value) VALUES('boot', 0), ('uptime', 0), ('booted_at', 0);
