/**
 * The claim server's scripts: each is one atomic call on Redis (queue.md 2.6). Keys, all under one hash tag:
 * 1 claims (order -> "fence station"), 2 done (order -> "fence outcome station"), 3 fence counter,
 * 4 barrier (field `run` -> the server's run id, every other field -> a station that has published since),
 * 5 attempts (order -> blanks used at other stations), 6 void (order -> highest fence that a person ended),
 * 7 retired (station -> who retired it; nobody waits for it at the barrier).
 * The fence stands first, as a station's name may hold a space.
 */
const shared = `
local function field(name)
  return string.match(redis.call('INFO', 'server'), name .. ':(%w+)')
end
local function owner(text)
  local fence, station = string.match(text, '^(%d+) (.*)$')
  return tonumber(fence), station
end
`;

/** The stations of ARGV[from..] that are not at the barrier of the server's present run. */
const missing = `
local function missing(from)
  local run = field('run_id')
  local same = redis.call('HGET', KEYS[4], 'run') == run
  local absent = {}
  for i = from, #ARGV do
    local told = same and redis.call('HEXISTS', KEYS[4], 'station:' .. ARGV[i]) == 1
    if not told and redis.call('HEXISTS', KEYS[7], ARGV[i]) == 0 then absent[#absent + 1] = ARGV[i] end
  end
  return absent
end
`;

/** ARGV: order, station, all stations. Answers `done`, `barrier`, `foreign` or `claimed` with its values: the fence, and the attempts made elsewhere. */
export const claimScript = `${shared}${missing}
local done = redis.call('HGET', KEYS[2], ARGV[1])
if done then
  local fence, outcome, station = string.match(done, '^(%d+) (%S+) (.*)$')
  return {'done', outcome, station}
end
local absent = missing(3)
if #absent > 0 then return {'barrier', unpack(absent)} end
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  local fence, station = owner(held)
  if station ~= ARGV[2] then return {'foreign', station} end
  return {'claimed', tostring(fence), redis.call('HGET', KEYS[5], ARGV[1]) or '0'}
end
local fence = redis.call('INCR', KEYS[3])
redis.call('HSET', KEYS[1], ARGV[1], fence .. ' ' .. ARGV[2])
return {'claimed', tostring(fence), redis.call('HGET', KEYS[5], ARGV[1]) or '0'}
`;

/** ARGV: order, station, fence. 1 when the claim stands so. */
export const holdsScript = `
return redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[3] .. ' ' .. ARGV[2] and 1 or 0
`;

/**
 * ARGV: order, station, fence, outcome. Writes the outcome and ends the claim; also when the server has forgotten the
 * claim, for the card is made. An empty outcome (held, or a new attempt is due) is not final: the claim stands, and is
 * entered again where it was forgotten. `fenced` with the other station when the order was claimed or finished elsewhere.
 */
export const finishScript = `
local entry = ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[2]
local done = redis.call('HGET', KEYS[2], ARGV[1])
if done then
  if done == entry then return {'ok'} end
  return {'fenced', done}
end
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and held ~= ARGV[3] .. ' ' .. ARGV[2] then return {'fenced', held} end
local void = redis.call('HGET', KEYS[6], ARGV[1])
if void and tonumber(ARGV[3]) <= tonumber(void) then return {'fenced', 'settled by a person'} end
if ARGV[4] == '' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] .. ' ' .. ARGV[2])
  return {'ok'}
end
redis.call('HSET', KEYS[2], ARGV[1], entry)
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
return {'ok'}
`;

/** ARGV: order, station, fence. Ends exactly this claim; a later one stays. */
export const releaseScript = `
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[3] .. ' ' .. ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
`;

/** Raises the number of attempts that an order is known to have had. */
const attempted = `
local function attempted(order, attempts)
  local known = tonumber(redis.call('HGET', KEYS[5], order) or '0')
  if attempts > known then redis.call('HSET', KEYS[5], order, attempts) end
end
`;

/** ARGV: order, station, fence, attempt. The attempt is scrapped and another station may make the next one: ends exactly this claim. 1 when it was ours. */
export const passOnScript = `${attempted}
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[3] .. ' ' .. ARGV[2] then return 0 end
attempted(ARGV[1], tonumber(ARGV[4]))
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
`;

/**
 * ARGV: order, retired station, outcome (empty: another station shall make it), attempts it may have had since its claim. A
 * person settles what a retired station left open; that claim and older ones are void. Answers `ok`, or what is in the way.
 */
export const settleScript = `${shared}${attempted}
if redis.call('HEXISTS', KEYS[7], ARGV[2]) == 0 then return {'not retired'} end
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held then return {'no claim'} end
local fence, station = owner(held)
if station ~= ARGV[2] then return {'other', station} end
redis.call('HSET', KEYS[6], ARGV[1], fence)
redis.call('HDEL', KEYS[1], ARGV[1])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[2], ARGV[1], fence .. ' ' .. ARGV[3] .. ' ' .. station) end
attempted(ARGV[1], tonumber(redis.call('HGET', KEYS[5], ARGV[1]) or '0') + tonumber(ARGV[4]))
return {'ok'}
`;

/**
 * ARGV: station, then order, fence, outcome (empty while open), attempts for each order. Enters what the server does not know or
 * knows under a lower fence: after a rollback the server may still hold an older claim of another station.
 */
export const publishScript = `${shared}${attempted}
for i = 2, #ARGV, 4 do
  local order, fence, outcome = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2]
  local void = tonumber(redis.call('HGET', KEYS[6], order) or '-1')
  if not redis.call('HGET', KEYS[2], order) then
    local held = redis.call('HGET', KEYS[1], order)
    local other = held and owner(held) or -1
    if outcome == 'finished' or (outcome ~= '' and void < fence) then
      redis.call('HSET', KEYS[2], order, ARGV[i + 1] .. ' ' .. outcome .. ' ' .. ARGV[1])
      redis.call('HDEL', KEYS[1], order)
      redis.call('HDEL', KEYS[5], order)
    elseif outcome == '' then
      attempted(order, tonumber(ARGV[i + 3]))
      if other < fence and void < fence then redis.call('HSET', KEYS[1], order, ARGV[i + 1] .. ' ' .. ARGV[1]) end
    end
  end
end
return field('run_id')
`;

/**
 * ARGV: station, highest fence, run id that the orders were published to. Raises the fence counter and enters the
 * station at the barrier; 0 when the server was restarted in between, and everything must be published again.
 */
export const barrierScript = `${shared}
local run = field('run_id')
if run ~= ARGV[3] then return 0 end
if redis.call('HGET', KEYS[4], 'run') ~= run then
  redis.call('DEL', KEYS[4])
  redis.call('HSET', KEYS[4], 'run', run)
end
local counter = tonumber(redis.call('GET', KEYS[3]) or '0')
if counter < tonumber(ARGV[2]) then redis.call('SET', KEYS[3], ARGV[2]) end
redis.call('HSET', KEYS[4], 'station:' .. ARGV[1], ARGV[2])
return 1
`;
