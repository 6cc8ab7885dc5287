-- Keeps the entry of an exchange that was settled without one, unless the sandbox has begun again.
local head, journal = KEYS[1], KEYS[4]
local now = standing(head)
if not now or now.epoch ~= ARGV[1] then return end
if ARGV[4] == 'p' then settled(head) end
if now.resets == ARGV[2] and ARGV[3] ~= '' then
  keep(head, journal, ARGV[5], ARGV[3], tonumber(ARGV[6]), tonumber(ARGV[7]))
  last_with(head, journal)
end
