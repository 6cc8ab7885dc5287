-- What every script begins with.
local FIELDS = {'epoch', 'version', 'exchanges', 'sequence', 'cleared', 'resets', 'checkpoint', 'pending', 'stamp'}

-- Where a sandbox stands; nil where there is none.
local function standing(head)
  local got = redis.call('HMGET', head, 'epoch', 'version', 'exchanges', 'sequence', 'resets', 'checkpoint', 'stamp',
    'checkpoint_stamp')
  if not got[1] then return nil end
  return {
    epoch = got[1], version = tonumber(got[2]), exchanges = tonumber(got[3]), sequence = tonumber(got[4]),
    resets = got[5], checkpoint = tonumber(got[6]), stamp = got[7],
    checkpoint_stamp = got[8],
  }
end

-- Whether a sandbox is as a worker saw it. Versions alone would not say: a server that lost its last writes, in a crash
-- or by a failover, counts on from an older one.
local function as_seen(now, epoch, version, stamp)
  return now.epoch == epoch and now.version == version and now.stamp == stamp
end

-- Whether what a worker saw is something that the sandbox went through.
local function went_through(now, log, epoch, version, stamp)
  if now.epoch ~= epoch or version > now.version then return false end
  if version == 0 then return true end
  if version == now.checkpoint then return now.checkpoint_stamp == stamp end
  local change = redis.call('XRANGE', log, version .. '-0', version .. '-0')[1]
  return change ~= nil and change[2][4] == stamp
end

-- The changes after what a worker saw, from a checkpoint on where the log does not go back so far; all that there is
-- where the worker saw something else.
local function missed(now, log, checkpoint, epoch, since, stamp)
  local base, whole = '', 0
  if not went_through(now, log, epoch, since, stamp) then since, whole = 0, 1 end
  if since < now.checkpoint then
    base = redis.call('GET', checkpoint)
    since = now.checkpoint
  end
  return {now.checkpoint, base, redis.call('XRANGE', log, '(' .. since .. '-0', '+'), whole}
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
