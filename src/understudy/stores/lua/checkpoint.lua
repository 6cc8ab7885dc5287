-- Puts a condition in the place of the log before it, unless a later one is there.
local head, log, checkpoint = KEYS[1], KEYS[2], KEYS[3]
local now = standing(head)
local version = tonumber(ARGV[2])
if not now or now.epoch ~= ARGV[1] or now.checkpoint >= version or now.version < version then return end
redis.call('SET', checkpoint, ARGV[3])
last_with(head, checkpoint)
redis.call('HSET', head, 'checkpoint', version)
redis.call('XTRIM', log, 'MINID', (version + 1) .. '-0')
