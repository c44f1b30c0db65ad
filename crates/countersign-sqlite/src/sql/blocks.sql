SELECT begin, upto, bits, oldest, newest
FROM wh_block
ORDER BY upto
