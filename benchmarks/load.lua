-- Sends one request again and again, and prints what came of it as the last line, a JSON object.
-- Arguments: the method, a number to begin with, and the body if there is one; each {n} in it is a new number.

local body, number

function init(args)
   wrk.method = args[1]
   number = tonumber(args[2])
   if args[3] then
      wrk.body = args[3]
      wrk.headers["Content-Type"] = "application/json"
      if string.find(args[3], "{n}", 1, true) then
         body = args[3]
         request = fresh
      end
   end
end

function fresh()
   number = number + 1
   return wrk.format(nil, nil, nil, (string.gsub(body, "{n}", string.format("%d", number))))
end

function done(summary, latency)
   local errors = summary.errors
   print(string.format(
      '{"requests": %d, "microseconds": %d, "refused": %d, "failed": %d, "p50": %d, "p99": %d}',
      summary.requests, summary.duration, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50), latency:percentile(99)
   ))
end
