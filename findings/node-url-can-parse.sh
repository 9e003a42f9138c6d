#!/bin/sh
# URL.canParse of Node.js 20 and 22 begins to say false of a URL that new URL() takes, after some thousand calls.
#
# A text with letters of Latin-1 beyond ASCII, as "https://b\u00fccher.example", is a URL: its host becomes
# xn--bcher-kva.example, and the WHATWG URL Standard has canParse agree with the constructor. Once V8 has optimised the
# caller, URL.canParse says false of it; new URL() goes on taking it. Node.js 24 agrees with itself.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
cat >can-parse.mjs <<'JS'
const text = 'https://b\u00fccher.example';
const canParse = (url) => URL.canParse(url);
const first = canParse(text);
let wasRefused = false;
for (let call = 0; call < 100_000; call++) if (!canParse(text)) wasRefused = true;
console.log(`${process.version}: first ${first}, later ${wasRefused ? 'false' : 'true'}, new URL ${new URL(text).host}`);
JS
for version in 20.20.2 22.23.3 24.21.0; do
  npm_config_cache="$folder/cache" npx --yes --package "node@$version" node can-parse.mjs 2>/dev/null
done | tee seen
cat >expected <<'TXT'
v20.20.2: first true, later false, new URL xn--bcher-kva.example
v22.23.3: first true, later false, new URL xn--bcher-kva.example
v24.21.0: first true, later true, new URL xn--bcher-kva.example
TXT
diff expected seen && echo 'As described.'
