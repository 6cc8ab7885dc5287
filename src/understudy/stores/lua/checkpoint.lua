-- Puts a condition in the place of the log before it, unless a later one is there, or it is of what was lost.
local head, log, checkpoint = KEYS[1], KEYS[2], KEYS[3]
local now = standing(head)
local version = tonumber(ARGV[2])
if not now or now.checkpoint >= version or now.version < version then return end
if not went_through(now, log, ARGV[1], tonumber(ARGV[4]), ARGV[5]) then return end
redis.call('SET', checkpoint, ARGV[3])
last_with(head, checkpoint)
local change = redis.call('XRANGE', log, version .. '-0', version .. '-0')[1]
redis.call('HSET', head, 'checkpoint', version, 'checkpoint_stamp', change[2][4])
redis.call('XTRIM', log, 'MINID', (version + 1) .. '-0')
