#!/bin/sh
# pg 8.23.1 sends some dates of the past as another instant, some seconds off.
#
# A `Date` is an instant, and so is a `timestamptz`. pg writes the parameter as local time with the offset of that day, in
# hours and minutes. Not every offset was of whole minutes: Liberia's was -00:44:30 until 1972, and before there was
# standard time each place had its own. PostgreSQL itself writes such offsets with seconds, and pg reads those.
#
# Seen with TZ=Africa/Monrovia: a Date of June 1971 comes back 30 seconds earlier; with New York one of before 18 November 1883
# comes back two seconds earlier. With TZ=UTC a Date comes back as it was. Needs PostgreSQL's server, as Debian has it (15.18).
set -eu
programs=$(find /usr/lib/postgresql -path '*/bin/initdb' | sort -V | tail -1 | xargs dirname)
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
mkdir "$folder/data"
if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
cd "$folder"
trap 'as_owner "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null; rm -rf "$folder"' EXIT
as_owner "$programs/initdb" -D "$folder/data" -A trust -U postgres -N >/dev/null
as_owner "$programs/pg_ctl" -D "$folder/data" -o "-p $port -h 127.0.0.1 -k $folder -F" -l "$folder/log" -w start >/dev/null
npm init -y >/dev/null
npm install --silent --no-audit --no-fund pg@8.23.1 >/dev/null
cat >dates.mjs <<'JS'
import pg from 'pg';

const client = new pg.Client({ host: '127.0.0.1', port: Number(process.argv[2]), user: 'postgres', database: 'postgres' });
await client.connect();
const iso = (date) => date.toISOString().slice(0, 19);
for (const text of process.argv.slice(3)) {
  const { rows } = await client.query('SELECT $1::timestamptz AS sent, $2::text::timestamptz AS named', [new Date(text), text]);
  console.log(`${process.env.TZ}: ${iso(new Date(text))} is sent as ${iso(rows[0].sent)}, and read as ${iso(rows[0].named)}`);
}
await client.end();
JS
{
  TZ=UTC node dates.mjs "$port" 1971-06-01T12:00:00Z
  TZ=Africa/Monrovia node dates.mjs "$port" 1971-06-01T12:00:00Z 1973-06-01T12:00:00Z
  TZ=America/New_York node dates.mjs "$port" 1883-11-01T12:00:00Z
} | tee seen
cat >expected <<'TXT'
UTC: 1971-06-01T12:00:00 is sent as 1971-06-01T12:00:00, and read as 1971-06-01T12:00:00
Africa/Monrovia: 1971-06-01T12:00:00 is sent as 1971-06-01T11:59:30, and read as 1971-06-01T12:00:00
Africa/Monrovia: 1973-06-01T12:00:00 is sent as 1973-06-01T12:00:00, and read as 1973-06-01T12:00:00
America/New_York: 1883-11-01T12:00:00 is sent as 1883-11-01T11:59:58, and read as 1883-11-01T12:00:00
TXT
diff expected seen && echo 'As described.'
