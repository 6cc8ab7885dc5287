-- Keeps what a worker has counted; returns how often counts were cleared, and asked for.
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return redis.call('HMGET', KEYS[2], 'cleared', 'asked')
