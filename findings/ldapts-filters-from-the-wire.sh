#!/bin/sh
# FilterParser.parse of ldapts 9.2.0 misreads two of the filters that the same version writes.
#
# A server built on its MessageParser gets another attribute from a presence filter (two bytes of the encoding come before
# its name, and its last two letters are lost), and an error from an extensible filter with `dnAttributes` (RFC 4511,
# section 4.5.1.7.7).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ldapts@9.2.0 >/dev/null
cat >run.mjs <<'JS'
import { BerReader, BerWriter, FilterParser } from 'ldapts';

for (const text of ['(description=x)', '(description=*)', '(cn:caseIgnoreMatch:=x)', '(cn:dn:caseIgnoreMatch:=x)']) {
  const writer = new BerWriter();
  FilterParser.parseString(text).write(writer);
  try {
    const read = FilterParser.parse(new BerReader(writer.buffer)).toString();
    console.log(`${text} is read as ${read.replace(/[^ -~]/g, '?')}`);
  } catch (error) {
    console.log(`${text} is refused: ${error.message}`);
  }
}
JS
node run.mjs | tee seen
cat >expected <<'TXT'
(description=x) is read as (description=x)
(description=*) is read as (??descripti=*)
(cn:caseIgnoreMatch:=x) is read as (cn:caseIgnoreMatch:=x)
(cn:dn:caseIgnoreMatch:=x) is refused: Expected 0x1: got 0x84
TXT
diff expected seen && echo 'As described.'
