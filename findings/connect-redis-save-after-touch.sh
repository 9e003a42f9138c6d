#!/bin/sh
# connect-redis 10.0.0, as 9.0.0, deletes a session that is in use when the app calls `req.session.save()`.
#
# express-session 1.19.0 touches the session at the end of each request, so one of `maxAge: 2000` lives on while its
# visitor goes on reading. Its README gives `req.session.cookie.maxAge` as "the time remaining in milliseconds", and
# `req.session.save()` as what to call before a redirect.
#
# Seen: the touch of connect-redis prolongs the key in Redis and leaves the `expires` in it as it was. From then on the next
# request has less than nothing remaining, and an explicit save, which takes its time to live from there, deletes the session
# and reports no error. A change without an explicit save is written: express-session touches before it saves by itself.
# With express-session's own MemoryStore both keep the session. Needs the program redis-server.
set -eu
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >/dev/null &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund connect-redis@10.0.0 express@5.3.0 express-session@1.19.0 redis@6.3.1 >/dev/null
cat >save.mjs <<'JS'
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';

/** Reads for three seconds with a session of two, then changes it: with a save of its own or without. */
async function read(name, store, change) {
  const app = express();
  const cookie = { maxAge: 2000 };
  app.use(session({ store, cookie, secret: 'a secret of the test', resave: false, saveUninitialized: false, rolling: true }));
  app.get('/sign-in', (req, res) => {
    req.session.user = 'ada';
    res.end();
  });
  app.get('/page', (req, res) => res.json([req.session.user ?? 'nobody', req.session.cookie.maxAge]));
  app.get('/change', (req, res) => {
    req.session.seen = true;
    res.end();
  });
  app.get('/save', (req, res) => {
    req.session.seen = true;
    req.session.save((error) => res.end(String(error ?? 'no error')));
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const first = await fetch(`${url}/sign-in`);
  const headers = { cookie: first.headers.getSetCookie()[0].split(';')[0] };
  const get = (path) => fetch(url + path, { headers });
  for (let second = 0; second < 3; second += 1) {
    await pause(1000);
    await (await get('/page')).text();
  }
  const [before, remaining] = await (await get('/page')).json();
  await (await get(change)).text();
  const [after] = await (await get('/page')).json();
  console.log(`${name}: ${before}, remaining ${remaining > 0 ? 'above' : 'below'} 0, ${change}, ${after}`);
  server.close();
  server.closeAllConnections();
}

const client = await createClient({ url: `redis://127.0.0.1:${process.argv[2]}` }).connect();
for (const change of ['/change', '/save']) {
  await read('MemoryStore', new session.MemoryStore(), change);
  await read('connect-redis', new RedisStore({ client }), change);
}
client.destroy();
JS
node save.mjs "$port" 2>/dev/null | tee seen
cat >expected <<'TXT'
MemoryStore: ada, remaining above 0, /change, ada
connect-redis: ada, remaining below 0, /change, ada
MemoryStore: ada, remaining above 0, /save, ada
connect-redis: ada, remaining below 0, /save, nobody
TXT
diff expected seen && echo 'As described.'
