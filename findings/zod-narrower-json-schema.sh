#!/bin/sh
# zod 4.6.7: the JSON Schema of a zod schema refuses texts that the zod schema takes.
#
# `z.toJSONSchema` writes the closest schema that there is, and by its documentation it throws for what has none, as
# `z.bigint()`. A client that checks its input by the published schema, as one of an OpenAPI document does, should so be told
# no other than by the server.
#
# Seen, without an error: `z.ipv6()` takes addresses with an IPv4 address in them (RFC 4291, section 2.2), as a server that
# listens on both gives those of its clients, and the `pattern` beside its `format` refuses them; the flag `i` of a regular
# expression is left out; `includes` with a position becomes a pattern whose dots match no line feed. Ajv 8.20.0 judges.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zod@4.6.7 ajv@8.20.0 ajv-formats@3.0.1 >/dev/null
cat >judge.mjs <<'JS'
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { z } from 'zod';

const CASES = [
  ['ipv6', z.ipv6(), ['2001:db8::1', '::ffff:192.0.2.1', '64:ff9b::192.0.2.1']],
  ['regex with i', z.string().regex(/^[a-z]+$/i), ['sms', 'SMS']],
  ['includes at 1', z.string().includes('b', { position: 1 }), ['a b', 'a\nb']],
];
for (const [name, schema, texts] of CASES) {
  const ajv = new Ajv2020({ strict: false, logger: false });
  formats.default(ajv);
  const validate = ajv.compile(z.toJSONSchema(schema));
  for (const text of texts) {
    const says = [schema.safeParse(text).success, validate(text)].map((isValid) => (isValid ? 'takes it' : 'refuses it'));
    console.log(`${name} ${JSON.stringify(text)}: zod ${says[0]}, its JSON Schema ${says[1]}`);
  }
}
const ajv = new Ajv2020({ strict: false, logger: false });
formats.default(ajv);
console.log(`format ipv6 alone: ${ajv.compile({ format: 'ipv6' })('::ffff:192.0.2.1') ? 'takes it' : 'refuses it'}`);
JS
node judge.mjs | tee seen
cat >expected <<'TXT'
ipv6 "2001:db8::1": zod takes it, its JSON Schema takes it
ipv6 "::ffff:192.0.2.1": zod takes it, its JSON Schema refuses it
ipv6 "64:ff9b::192.0.2.1": zod takes it, its JSON Schema refuses it
regex with i "sms": zod takes it, its JSON Schema takes it
regex with i "SMS": zod takes it, its JSON Schema refuses it
includes at 1 "a b": zod takes it, its JSON Schema takes it
includes at 1 "a\nb": zod takes it, its JSON Schema refuses it
format ipv6 alone: takes it
TXT
diff expected seen && echo 'As described.'
