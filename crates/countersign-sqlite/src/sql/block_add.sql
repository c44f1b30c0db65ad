INSERT INTO wh_block(upto, begin, bits, oldest, newest)
VALUES(?1, ?2, ?3, ?4, ?5)
