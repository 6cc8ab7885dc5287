-- Makes a sandbox unless there is one.
local head = KEYS[1]
if redis.call('EXISTS', head) == 0 then
  redis.call('DEL', unpack(KEYS))
  redis.call('HSET', head, 'epoch', ARGV[1], 'version', 0, 'exchanges', 0, 'sequence', 0, 'cleared', 0,
    'resets', 0, 'checkpoint', 0, 'pending', 0, 'bytes', 0)
end
last(tonumber(ARGV[2]), KEYS)
return redis.call('HMGET', head, unpack(FIELDS))
