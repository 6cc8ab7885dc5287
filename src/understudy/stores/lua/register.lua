-- Puts a name on the list of sandboxes; says no where it is full. The one that is always there counts as one.
local names, counter = KEYS[1], KEYS[2]
local name, limit, always = ARGV[1], tonumber(ARGV[2]), ARGV[3]
if redis.call('ZSCORE', names, name) then return 1 end
redis.call('ZADD', names, 'NX', 0, always)
if name == always then return 1 end
if redis.call('ZCARD', names) >= limit then return 0 end
redis.call('ZADD', names, redis.call('INCR', counter), name)
return 1
