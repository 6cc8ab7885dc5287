-- What every script begins with.
local FIELDS = {'epoch', 'version', 'exchanges', 'sequence', 'cleared', 'resets', 'checkpoint', 'pending'}

-- Where a sandbox stands; nil where there is none.
local function standing(head)
  local got = redis.call('HMGET', head, 'epoch', 'version', 'exchanges', 'sequence', 'resets', 'checkpoint')
  if not got[1] then return nil end
  return {
    epoch = got[1], version = tonumber(got[2]), exchanges = tonumber(got[3]), sequence = tonumber(got[4]),
    resets = got[5], checkpoint = tonumber(got[6]),
  }
end

-- The changes after a version, from a checkpoint on where the log does not go back so far.
local function missed(now, log, checkpoint, since)
  local base = ''
  if since < now.checkpoint then
    base = redis.call('GET', checkpoint)
    since = now.checkpoint
  end
  return {now.checkpoint, base, redis.call('XRANGE', log, '(' .. since .. '-0', '+')}
end

-- Adds an entry to the journal, and drops old ones for it.
local function keep(head, journal, id, entry, most, most_bytes)
  local sequence = redis.call('HINCRBY', head, 'sequence', 1)
  redis.call('XADD', journal, sequence .. '-0', 'i', id, 'e', entry)
  local bytes = redis.call('HINCRBY', head, 'bytes', #entry)
  local count = redis.call('XLEN', journal)
  while count > most or (bytes > most_bytes and count > 1) do
    local oldest = redis.call('XRANGE', journal, '-', '+', 'COUNT', 1)[1]
    redis.call('XDEL', journal, oldest[1])
    bytes = redis.call('HINCRBY', head, 'bytes', -#oldest[2][4])
    count = count - 1
  end
end

-- Lets a key that may be new go when the rest of its sandbox goes.
local function last_with(head, key)
  local left = redis.call('PTTL', head)
  if left > 0 then redis.call('PEXPIRE', key, left) end
end

-- A read that was waited for is in the journal now, or never will be.
local function settled(head)
  if tonumber(redis.call('HGET', head, 'pending')) > 0 then redis.call('HINCRBY', head, 'pending', -1) end
end

-- Lets a sandbox go when nobody used it for so many milliseconds; 0: never.
local function last(idle, keys)
  if idle > 0 then
    for _, key in ipairs(keys) do redis.call('PEXPIRE', key, idle) end
  end
end
