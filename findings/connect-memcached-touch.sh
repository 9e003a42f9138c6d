#!/bin/sh
# connect-memcached 3.0.0: a request that only reads its session undoes what another one has written meanwhile.
#
# express-session calls `touch` at the end of a request that has not changed the session: "to signal to the store the
# given session is active, potentially resetting the idle timer" (its README, Session Store Implementation). memcached has
# a command for just that. One might expect that only the time changes.
#
# Seen: `touch` writes the whole session as the request has read it. A page that loads slowly empties a basket that was
# filled meanwhile; with express-session's own MemoryStore the basket stays. Needs the program memcached.
set -eu
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
memcached -u "$(id -un)" -U 0 -l 127.0.0.1 -p "$port" &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund connect-memcached@3.0.0 express@5.3.0 express-session@1.19.0 >/dev/null
cat >basket.mjs <<'JS'
import { once } from 'node:events';
import { createRequire } from 'node:module';
import express from 'express';
import session from 'express-session';

const MemcachedStore = createRequire(import.meta.url)('connect-memcached')(session);

/** Fills a basket while another request of the same browser, which only reads it, is under way. */
async function basketWith(store) {
  const app = express();
  app.use(session({ store, secret: 'a secret of the test', resave: false, saveUninitialized: false }));
  app.post('/basket/:count', (req, res) => {
    req.session.basket = Number(req.params.count);
    res.end();
  });
  app.get('/basket', (req, res) => res.send(String(req.session.basket)));
  app.get('/slow', (_req, res) => {
    app.emit('reading');
    app.once('go on', () => res.end());
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const first = await fetch(`${url}/basket/1`, { method: 'POST' });
  const headers = { cookie: first.headers.getSetCookie()[0].split(';')[0] };
  const isReading = once(app, 'reading');
  const slow = fetch(`${url}/slow`, { headers });
  await isReading;
  await fetch(`${url}/basket/2`, { method: 'POST', headers });
  app.emit('go on');
  await (await slow).text();
  const basket = await (await fetch(`${url}/basket`, { headers })).text();
  server.close();
  server.closeAllConnections();
  return basket;
}

console.log(`MemoryStore: ${await basketWith(new session.MemoryStore())}`);
console.log(`connect-memcached: ${await basketWith(new MemcachedStore({ hosts: [`127.0.0.1:${process.argv[2]}`] }))}`);
process.exit();
JS
node basket.mjs "$port" | tee seen
cat >expected <<'TXT'
MemoryStore: 2
connect-memcached: 1
TXT
diff expected seen && echo 'As described.'
