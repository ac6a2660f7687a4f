-- Requests from a prepared file: one a line, "METHOD<tab>PATH<tab>KEY<tab>BODY". Thread n of m takes every m-th line.
-- Mode "once": each line is sent once, then the thread waits for the end. Mode "again": the lines are repeated.
-- At the end the main thread prints one line, "BENCH " and a JSON object.
local ffi = require("ffi")
ffi.cdef [[
  struct bench_time { long sec; long nsec; };
  int clock_gettime(int clock, struct bench_time *time);
]]
local MONOTONIC = jit.os == "OSX" and 6 or 1
local moment = ffi.new("struct bench_time")

local function now() -- seconds
  ffi.C.clock_gettime(MONOTONIC, moment)
  return tonumber(moment.sec) + tonumber(moment.nsec) / 1e9
end

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  local file, count, authorization = args[1], tonumber(args[2]), args[4]
  once = args[3] == "once"
  lines, sent, answered, started, ended, tally, samples = {}, 0, 0, 0, 0, {}, {}
  local n = 0
  for line in io.lines(file) do
    if n % count == number then table.insert(lines, line) end
    n = n + 1
  end
  headers = { ["Content-Type"] = "application/json", ["Authorization"] = authorization }
  share = #lines
  -- Called before each request: here a line is taken, so that two connections never send the same one.
  taken = 0
  if once then
    delay = function()
      taken = taken + 1
      if taken > share then return 10000000 end
      return 0
    end
  end
end

function request()
  sent = sent + 1
  if started == 0 then started = now() end
  if once and sent > share then return "GET /healthz HTTP/1.0\r\n\r\n" end -- not reached: see delay
  local line = lines[(sent - 1) % share + 1]
  local method, path, key, body = line:match("^(%S+)\t(%S+)\t(%S*)\t(.*)$")
  headers["Idempotency-Key"] = key ~= "" and key or nil
  return wrk.format(method, path, headers, body ~= "" and body or nil)
end

function response(status, _, body)
  answered = answered + 1
  ended = now()
  tally[status] = (tally[status] or 0) + 1
  if status >= 300 and #samples < 3 then table.insert(samples, (body:gsub("[%c\"\\]", " "):sub(1, 300))) end
end

function done(summary, latency)
  local counts, said, first, last = {}, {}, math.huge, 0
  for _, thread in ipairs(threads) do
    for status, n in pairs(thread:get("tally")) do counts[status] = (counts[status] or 0) + n end
    for _, text in pairs(thread:get("samples")) do table.insert(said, '"' .. text .. '"') end
    local start = thread:get("started")
    if start > 0 then first = math.min(first, start) end
    last = math.max(last, thread:get("ended"))
  end
  local parts = {}
  for status, n in pairs(counts) do table.insert(parts, string.format('"%d":%d', status, n)) end
  local lost = summary.errors
  io.write(string.format(
    'BENCH {"answers":{%s},"seconds":%.4f,"p50":%.3f,"p95":%.3f,"p99":%.3f,"max":%.3f,"lost":%d,"samples":[%s]}\n',
    table.concat(parts, ","), math.max(last - first, 0), latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000, lost.connect + lost.read + lost.write + lost.timeout,
    table.concat(said, ",")))
end
