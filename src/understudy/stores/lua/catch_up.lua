-- Where a sandbox stands, and what happened since a worker saw it.
local head, log, checkpoint = KEYS[1], KEYS[2], KEYS[3]
local epoch, since = ARGV[1], tonumber(ARGV[2])
local now = standing(head)
if not now then return {0} end
if now.epoch ~= epoch then since = 0 end
if now.version == since then return {1, redis.call('HMGET', head, unpack(FIELDS)), {}} end
return {1, redis.call('HMGET', head, unpack(FIELDS)), missed(now, log, checkpoint, since)}
