-- Keeps of an accepted difference only what the clock is still behind the time in the file.
UPDATE wh_meta
SET value = iif(name = 'clock_step', 0, max(min(value, 0), -?1))
WHERE name IN ('clock_step', 'clock_accepted')
