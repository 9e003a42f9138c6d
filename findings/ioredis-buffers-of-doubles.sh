#!/bin/sh
# ioredis 6.0.0 with `replyMapping: 'resp3'` answers numbers from the variants of its commands that answer Buffers.
#
# Its README, RESP3 Protocol, says that those variants (`getBuffer` and so on) give Buffers for values whatever `replyMapping`
# is, with one exception: the keys of a map are texts with "resp3".
#
# Seen: with "resp3" a score is a number from `zscoreBuffer`, `zincrbyBuffer`, `callBuffer` and a MULTI, too, and stands beside
# a Buffer for its member in `zrangeBuffer`. A coordinate of GEOPOS, which Redis writes with 17 decimals, keeps fewer digits.
# With the default, "legacy", all are Buffers. Needs the program redis-server (seen with 7.0.15).
set -eu
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >/dev/null &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 >/dev/null
cat >score.mjs <<'JS'
import { Redis } from 'ioredis';

const kind = (value) => (Buffer.isBuffer(value) ? `Buffer ${value}` : Array.isArray(value) ? `[${value.map(kind).join(', ')}]` : `${typeof value} ${value}`);
for (const replyMapping of ['legacy', 'resp3']) {
  const redis = new Redis({ host: '127.0.0.1', port: Number(process.argv[2]), replyMapping });
  await redis.zadd('scores', 2.5, 'ada');
  await redis.geoadd('places', 13.361389, 38.115556, 'Palermo');
  const answers = {
    getBuffer: await redis.set('name', 'ada').then(() => redis.getBuffer('name')),
    zscoreBuffer: await redis.zscoreBuffer('scores', 'ada'),
    zincrbyBuffer: await redis.zincrbyBuffer('scores', 0, 'ada'),
    callBuffer: await redis.callBuffer('ZSCORE', 'scores', 'ada'),
    'zscoreBuffer in MULTI': (await redis.multi().zscoreBuffer('scores', 'ada').exec())[0][1],
    zrangeBuffer: (await redis.zrangeBuffer('scores', 0, -1, 'WITHSCORES')).flat(),
    geoposBuffer: (await redis.geoposBuffer('places', 'Palermo'))[0],
  };
  for (const [name, value] of Object.entries(answers)) console.log(`${replyMapping}, ${name}: ${kind(value)}`);
  redis.disconnect();
}
JS
node score.mjs "$port" | tee seen
cat >expected <<'TXT'
legacy, getBuffer: Buffer ada
legacy, zscoreBuffer: Buffer 2.5
legacy, zincrbyBuffer: Buffer 2.5
legacy, callBuffer: Buffer 2.5
legacy, zscoreBuffer in MULTI: Buffer 2.5
legacy, zrangeBuffer: [Buffer ada, Buffer 2.5]
legacy, geoposBuffer: [Buffer 13.36138933897018433, Buffer 38.11555639549629859]
resp3, getBuffer: Buffer ada
resp3, zscoreBuffer: number 2.5
resp3, zincrbyBuffer: number 2.5
resp3, callBuffer: number 2.5
resp3, zscoreBuffer in MULTI: number 2.5
resp3, zrangeBuffer: [Buffer ada, number 2.5]
resp3, geoposBuffer: [number 13.361389338970184, number 38.1155563954963]
TXT
diff expected seen && echo 'As described.'
