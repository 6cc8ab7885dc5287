-- Waits no longer for reads whose worker is gone.
if standing(KEYS[1]) then redis.call('HSET', KEYS[1], 'pending', 0) end
