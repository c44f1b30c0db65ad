-- KEYS: the delivery. ARGV: fence, retention in ms. Gives 1, or 0 when the lease is stale.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- clock
local state, fence, guard = unpack(redis.call('HMGET', KEYS[1], 's', 'l', 'g'))
if fence ~= ARGV[1] then
    return 0
end
if state ~= 'R' then
    return state == 'D' and 1 or 0
end

redis.call('HSET', KEYS[1], 's', 'D', 'u', string.format('%.0f', now))
redis.call('HDEL', KEYS[1], 'o', 'g')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if guard then
    guard = string.sub(KEYS[1], 1, -65) .. 'g:' .. guard
    if redis.call('GET', guard) == string.sub(KEYS[1], -64) then
        redis.call('PEXPIRE', guard, ARGV[2])
    end
end
return 1
