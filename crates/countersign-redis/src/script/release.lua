-- KEYS: the delivery. ARGV: fence, retention in ms. Gives 1, or 0 when the lease is stale.
local state, fence, guard = unpack(redis.call('HMGET', KEYS[1], 's', 'l', 'g'))
if state ~= 'R' or fence ~= ARGV[1] then
    return 0
end

-- The fence stays: the next one is above it.
redis.call('HSET', KEYS[1], 's', 'F')
redis.call('HDEL', KEYS[1], 'o', 'u', 'b', 'g')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if guard then
    guard = string.sub(KEYS[1], 1, -65) .. 'g:' .. guard
    if redis.call('GET', guard) == string.sub(KEYS[1], -64) then
        redis.call('DEL', guard)
    end
end
return 1
