#!/bin/sh
# ldapts 9.2.0 refuses filters that RFC 4515 and RFC 4526 allow.
#
# An attribute may be named by its number (`2.5.4.3`) and may have options (`cn;lang-de`), as RFC 4512, section 2.5 has
# it; `(&)` is always true and `(|)` never (RFC 4526). The constructors of the filter objects take all of them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ldapts@9.2.0 >/dev/null
cat >run.mjs <<'JS'
import { FilterParser } from 'ldapts';

for (const filter of ['(cn=x)', '(2.5.4.3=x)', '(cn;lang-de=x)', '(2.5.4.3=*)', '(&)', '(|)']) {
  try {
    FilterParser.parseString(filter);
    console.log(`${filter} is read`);
  } catch (error) {
    console.log(`${filter} ${error.message.split(':')[0]}`);
  }
}
JS
node run.mjs | tee seen
cat >expected <<'TXT'
(cn=x) is read
(2.5.4.3=x) Invalid expression
(cn;lang-de=x) Invalid expression
(2.5.4.3=*) Invalid expression
(&) Missing paren
(|) Missing paren
TXT
diff expected seen && echo 'As described.'
