#!/bin/sh
# The agent of supertest 7.3.2 (superagent 10.4.2, cookiejar 2.1.4) has cookies that a browser has not, and the other way
# round.
#
# RFC 6265: Max-Age of 0 or less ends a cookie at once, and goes before Expires (sections 4.1.2.2 and 5.2.2); a cookie
# replaces another one only if name, domain and path are all the same (section 5.3, step 11).
#
# Seen: Max-Age is not read at all, so a cookie that was deleted by it is sent further on, empty. A cookie for /app takes the
# place of the one of that name for /, and one that ends the cookie for /app ends that for /, too. A test of a sign-out, or of
# an app below a path beside another, so says what no browser would.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund express@5.3.0 supertest@7.3.2 superagent@10.4.2 cookiejar@2.1.4 >/dev/null
cat >cookies.mjs <<'JS'
import express from 'express';
import request from 'supertest';

const app = express();
app.get('/set', (req, res) => res.append('Set-Cookie', req.query.cookie).end());
app.use((req, res) => res.send(req.get('cookie') ?? 'no cookie'));
const EPOCH = 'Thu, 01 Jan 1970 00:00:00 GMT';

async function show(cookies, path) {
  const agent = request.agent(app);
  for (const cookie of cookies) await agent.get('/set').query({ cookie });
  console.log(`${cookies.join(' then ')}: ${path} gets ${(await agent.get(path)).text}`);
}

await show(['id=1; Path=/', `id=; Path=/; Expires=${EPOCH}`], '/');
await show(['id=1; Path=/', 'id=; Path=/; Max-Age=0'], '/');
await show([`id=1; Path=/; Max-Age=60; Expires=${EPOCH}`], '/');
await show(['id=1; Path=/', 'id=2; Path=/app'], '/');
await show(['id=1; Path=/', `id=; Path=/app; Expires=${EPOCH}`], '/');
process.exit();
JS
node cookies.mjs | tee seen
cat >expected <<'TXT'
id=1; Path=/ then id=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT: / gets no cookie
id=1; Path=/ then id=; Path=/; Max-Age=0: / gets id=
id=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT: / gets no cookie
id=1; Path=/ then id=2; Path=/app: / gets no cookie
id=1; Path=/ then id=; Path=/app; Expires=Thu, 01 Jan 1970 00:00:00 GMT: / gets no cookie
TXT
diff expected seen && echo 'As described.'
