-- Puts a name on the list of sandboxes; says no where it is full.
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 1 end
if tonumber(ARGV[2]) <= redis.call('ZCARD', KEYS[1]) and ARGV[1] ~= ARGV[3] then return 0 end
redis.call('ZADD', KEYS[1], redis.call('INCR', KEYS[2]), ARGV[1])
return 1
