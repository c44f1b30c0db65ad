-- KEYS: the delivery. ARGV: fence, lease in ms, retention in ms. Gives the deadline, or 0 when the lease is stale.
local function int(number)
    return string.format('%.0f', number)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- clock
local state, fence, guard = unpack(redis.call('HMGET', KEYS[1], 's', 'l', 'g'))
if state ~= 'R' or fence ~= ARGV[1] then
    return 0
end

local at = now + tonumber(ARGV[2])
local life = int(ARGV[2] + ARGV[3])
redis.call('HSET', KEYS[1], 'u', int(at))
redis.call('PEXPIRE', KEYS[1], life)
if guard then
    guard = string.sub(KEYS[1], 1, -65) .. 'g:' .. guard
    if redis.call('GET', guard) == string.sub(KEYS[1], -64) then
        redis.call('PEXPIRE', guard, life)
    end
end
return at
