-- KEYS: the delivery, and what guards it, if anything does.
-- ARGV: token, lease in ms, retention in ms, mark of the body, and with a guard `warn` or `reject`.
-- Gives: {0, fence, deadline, is suspect}, {1, ms left, is same body, 0}, {2, 0, is same body, 0}, {3, 0, 0, 0}.
local function int(number)
    return string.format('%.0f', number)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- clock
local retention = tonumber(ARGV[3])
local state, fence, token, at, mark, guard = unpack(redis.call('HMGET', KEYS[1], 's', 'l', 'o', 'u', 'b', 'g'))
at = tonumber(at)
local same = mark == ARGV[4] and 1 or 0

if state == 'R' and now < at then
    if token == ARGV[1] then
        return {0, tonumber(fence), at, KEYS[2] and not guard and 1 or 0}
    end
    return {1, at - now, same, 0}
end
if state == 'D' and now - at <= retention then
    return {2, 0, same, 0}
end

local own = string.sub(KEYS[1], -64)
local is_free = true
if KEYS[2] then
    local owner = redis.call('GET', KEYS[2])
    if owner and owner ~= own then
        local other, since = unpack(redis.call('HMGET', string.sub(KEYS[1], 1, -65) .. owner, 's', 'u'))
        since = tonumber(since)
        local is_running = other == 'R' and now < since
        local is_done = other == 'D' and now - since <= retention
        is_free = not (is_running or is_done)
        if ARGV[5] == 'reject' and is_running then
            return {1, since - now, 1, 0}
        elseif ARGV[5] == 'reject' and is_done then
            return {3, 0, 0, 0}
        end
    end
end

-- Above all earlier ones, also when the row is gone: evicted, or lost with a server.
fence = math.max((tonumber(fence) or 0) + 1, now)
at = now + tonumber(ARGV[2])
local life = int(ARGV[2] + retention)
redis.call('HSET', KEYS[1], 's', 'R', 'l', int(fence), 'o', ARGV[1], 'u', int(at), 'b', ARGV[4])
redis.call('PEXPIRE', KEYS[1], life)
if KEYS[2] and is_free then
    redis.call('HSET', KEYS[1], 'g', string.sub(KEYS[2], -64))
    redis.call('SET', KEYS[2], own, 'PX', life)
elseif guard then
    redis.call('HDEL', KEYS[1], 'g')
end
return {0, fence, at, is_free and 0 or 1}
