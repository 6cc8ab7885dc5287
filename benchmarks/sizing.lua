-- Sends one request to many sandboxes in turn, and prints what came of it as the last line, a JSON object.
-- Arguments: the method, the path after the sandbox, how many sandboxes, and the body if there is one.

local paths, turn = {}, 0

function init(args)
   wrk.method = args[1]
   if args[4] then
      wrk.body = args[4]
      wrk.headers["Content-Type"] = "application/json"
   end
   for number = 1, tonumber(args[3]) do paths[number] = "/~team-" .. number .. args[2] end
end

function request()
   turn = turn % #paths + 1
   return wrk.format(nil, paths[turn])
end

function done(summary)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   print(string.format('{"requests": %d, "microseconds": %d, "failed": %d}', summary.requests, summary.duration, failed))
end
