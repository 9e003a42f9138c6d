#!/bin/sh
# express-mysql-session 3.0.3 lists no session in a table whose columns have names of the app's own.
#
# Its README has the option `schema.columnNames` for the three columns. `all` answers an object of all sessions by their ids,
# as that of the MemoryStore of express-session 1.19.0 does, and an app ends every session of one person by it.
#
# Seen: with names of the app's own `set`, `get` and `length` work, and `all` answers a single entry, for two sessions, whose
# key and value are undefined. There is no error. Needs the program mariadbd.
set -eu
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
mkdir -p "$folder/data/app"
set -- --no-defaults --user="$(id -un)" --datadir="$folder/data" --skip-grant-tables
/usr/sbin/mariadbd "$@" --bootstrap </dev/null 2>/dev/null
/usr/sbin/mariadbd "$@" --bind-address=127.0.0.1 --port="$port" --socket="$folder/socket" --pid-file="$folder/pid" 2>/dev/null &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund express-mysql-session@3.0.3 express-session@1.19.0 mysql2@3.10.2 >/dev/null
cat >list.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import mysqlSession from 'express-mysql-session';
import session from 'express-session';
import mysql from 'mysql2/promise';

const address = { host: '127.0.0.1', port: Number(process.argv[2]), user: 'root', database: 'app' };
const connect = () => mysql.createConnection(address).catch(() => pause(100).then(connect));
await (await connect()).end();
const MySQLStore = mysqlSession(session);

async function list(name, store) {
  const call = (method, ...values) => promisify(store[method].bind(store))(...values);
  await store.onReady?.();
  for (const user of ['ada', 'bob']) await call('set', `session of ${user}`, { cookie: {}, user });
  const got = (await call('get', 'session of ada')).user;
  const all = Object.entries(await call('all')).map(([id, value]) => `${id}: ${value?.user}`);
  console.log(`${name}: get ${got}, length ${await call('length')}, all { ${all.join(', ')} }`);
  await store.close?.();
}

const columnNames = { session_id: 'id', expires: 'ends_at', data: 'content' };
await list('MemoryStore', new session.MemoryStore());
await list('its own names', new MySQLStore(address));
await list("the app's names", new MySQLStore({ ...address, schema: { tableName: 'visits', columnNames } }));
JS
node list.mjs "$port" | tee seen
cat >expected <<'TXT'
MemoryStore: get ada, length 2, all { session of ada: ada, session of bob: bob }
its own names: get ada, length 2, all { session of ada: ada, session of bob: bob }
the app's names: get ada, length 2, all { undefined: undefined }
TXT
diff expected seen && echo 'As described.'
