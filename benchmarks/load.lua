-- Sends one request again and again, and prints what came of it as the last line, a JSON object.
-- Arguments: the method, and the body if there is one.

function init(args)
   wrk.method = args[1]
   if args[2] then
      wrk.body = args[2]
      wrk.headers["Content-Type"] = "application/json"
   end
end

function done(summary, latency)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   print(string.format(
      '{"requests": %d, "microseconds": %d, "failed": %d, "p50": %d, "p99": %d}',
      summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)
   ))
end
