-- Makes a change and keeps an entry, both or none, if the sandbox is as the worker saw it.
local head, log, checkpoint, journal = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local epoch, version, resets = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local change, entry = ARGV[4], ARGV[5]
local id, flags = tonumber(ARGV[6]), ARGV[7]
local most, most_bytes, idle = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])

local function flagged(letter) return string.find(flags, letter, 1, true) ~= nil end

local now = standing(head)
if not now then return {0} end
local reserved = flagged('r') and now.epoch == epoch and now.resets == resets

if now.epoch ~= epoch or now.version ~= version then
  if id > 0 and not reserved then id = redis.call('HINCRBY', head, 'exchanges', 1) end
  if id > 0 and change == '' and not flagged('p') then redis.call('HINCRBY', head, 'pending', 1) end
  local since = version
  if now.epoch ~= epoch then since = 0 end
  return {1, redis.call('HMGET', head, unpack(FIELDS)), id, missed(now, log, checkpoint, since)}
end
if flagged('e') and not reserved and now.exchanges + 1 ~= id then
  id = redis.call('HINCRBY', head, 'exchanges', 1)
  if change == '' and not flagged('p') then redis.call('HINCRBY', head, 'pending', 1) end
  return {1, redis.call('HMGET', head, unpack(FIELDS)), id, {}}
end

if flagged('0') then
  redis.call('HSET', head, 'exchanges', 0)
  redis.call('HINCRBY', head, 'resets', 1)
end
if flagged('0') or flagged('c') then
  redis.call('DEL', journal)
  redis.call('HSET', head, 'cleared', now.sequence, 'bytes', 0)
end
if id > 0 and not reserved then id = redis.call('HINCRBY', head, 'exchanges', 1) end
if change ~= '' then
  redis.call('HINCRBY', head, 'version', 1)
  redis.call('XADD', log, (version + 1) .. '-0', 'c', change)
end
if entry ~= '' then keep(head, journal, id, entry, most, most_bytes) end
if flagged('p') then settled(head) end
last(idle, KEYS)
return {2, redis.call('HMGET', head, unpack(FIELDS)), id}
