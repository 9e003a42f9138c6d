#!/bin/sh
# node-redis 6.3.1 forgets a type mapping within MULTI, and its types say that it does not.
#
# With `withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })`, or with the same in `commandOptions`, `get` answers a Buffer.
# One might expect the same of `multi().get().execTyped()`: its types are those of the mapping, so a program that takes the
# answer for a Buffer compiles.
#
# Seen: `exec` and `execTyped` answer a string, decoded as UTF-8, so bytes that are no UTF-8 are lost. `execAsPipeline` of the
# same chain answers a Buffer, and a pool does as a client. Needs the program redis-server.
set -eu
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$folder" >/dev/null &
server=$!
trap 'kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund redis@6.3.1 typescript@5.9.3 @types/node@20.19.43 >/dev/null
cat >typed.mts <<'TS'
import { createClient, RESP_TYPES } from 'redis';

const client = createClient().withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
const [value] = await client.multi().get('bytes').execTyped();
// No error: to the types it is a Buffer, and no string.
export const bytes: Buffer | null = value;
// @ts-expect-error
export const text: string | null = value;
TS
cat >map.mjs <<'JS'
import { createClient, createClientPool, RESP_TYPES } from 'redis';

const url = `redis://127.0.0.1:${process.argv[2]}`;
const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer };
const plain = await createClient({ url }).connect();
const withOptions = await createClient({ url, commandOptions: { typeMapping } }).connect();
const pool = await createClientPool({ url, commandOptions: { typeMapping } }).connect();
await plain.set('bytes', Buffer.from('c3ff', 'hex'));
const kind = (value) => `${Buffer.isBuffer(value) ? 'Buffer' : typeof value} ${Buffer.from(value).toString('hex')}`;
const CLIENTS = { withTypeMapping: plain.withTypeMapping(typeMapping), commandOptions: withOptions, pool };
for (const [name, client] of Object.entries(CLIENTS)) {
  console.log(`${name}: get ${kind(await client.get('bytes'))}`);
  console.log(`${name}: execAsPipeline ${kind((await client.multi().get('bytes').execAsPipeline())[0])}`);
  console.log(`${name}: execTyped ${kind((await client.multi().get('bytes').execTyped())[0])}`);
}
for (const client of [plain, withOptions, pool]) client.destroy();
JS
{
  node map.mjs "$port"
  npx tsc --noEmit --strict --target es2023 --module node20 --skipLibCheck --types node typed.mts && echo 'types: a Buffer'
} | tee seen
cat >expected <<'TXT'
withTypeMapping: get Buffer c3ff
withTypeMapping: execAsPipeline Buffer c3ff
withTypeMapping: execTyped string efbfbdefbfbd
commandOptions: get Buffer c3ff
commandOptions: execAsPipeline Buffer c3ff
commandOptions: execTyped string efbfbdefbfbd
pool: get Buffer c3ff
pool: execAsPipeline Buffer c3ff
pool: execTyped string efbfbdefbfbd
types: a Buffer
TXT
diff expected seen && echo 'As described.'
