#!/bin/sh
# better-sqlite3-session-store 0.1.0 deletes expired sessions although it is told not to.
#
# Its README has the options `expired.clear` and `expired.intervalMs`. One might expect that `clear: false` leaves the table
# alone, for an app that keeps a trail of its sessions, or that deletes them at night.
#
# Seen: false is read as not given, and that as true: the row of a session that is over is deleted. Its client here is
# `node:sqlite` of Node.js 24.21.0, which has the methods that the store calls.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund better-sqlite3-session-store@0.1.0 express-session@1.19.0 node@24.21.0 >/dev/null
cat >clear.mjs <<'JS'
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import sqliteStore from 'better-sqlite3-session-store';
import session from 'express-session';

const SqliteStore = sqliteStore(session);
for (const expired of [{ clear: true, intervalMs: 3_600_000 }, { clear: true, intervalMs: 100 }, { clear: false, intervalMs: 100 }]) {
  const client = new DatabaseSync(':memory:');
  const store = new SqliteStore({ client, expired });
  store.set('old', { cookie: { maxAge: 1 } });
  await pause(4000);
  const { rows } = client.prepare('SELECT count(*) AS rows FROM sessions').get();
  console.log(`clear ${expired.clear}, every ${expired.intervalMs} ms: ${rows} rows of sessions that are over`);
}
process.exit();
JS
npx node clear.mjs | tee seen
cat >expected <<'TXT'
clear true, every 3600000 ms: 1 rows of sessions that are over
clear true, every 100 ms: 0 rows of sessions that are over
clear false, every 100 ms: 0 rows of sessions that are over
TXT
diff expected seen && echo 'As described.'
