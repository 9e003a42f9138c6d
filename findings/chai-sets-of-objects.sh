#!/bin/sh
# chai 6.3.0 finds two Sets of the same objects different if they were filled in another order.
#
# The order of a Set or a Map does not count for `deep.equal`, as it does not for `assert.deepStrictEqual` of Node.js: Sets of
# numbers or of arrays are equal in any order, and so are Maps with texts as keys.
#
# Seen: if the members, or the keys of a Map, are objects, the order counts. Both sides are sorted as texts before they are
# compared, and each object is "[object Object]" there. 1 and '1' are the same text, too.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund chai@6.3.0 >/dev/null
cat >compare.mjs <<'JS'
import { deepStrictEqual } from 'node:assert';
import { expect } from 'chai';

const says = (check) => {
  try {
    check();
    return 'equal';
  } catch {
    return 'different';
  }
};
const [ada, bob] = [{ name: 'ada' }, { name: 'bob' }];
const PAIRS = {
  'Sets of numbers': [new Set([1, 2]), new Set([2, 1])],
  'Sets of arrays': [new Set([['ada'], ['bob']]), new Set([['bob'], ['ada']])],
  'Sets of objects': [new Set([ada, bob]), new Set([bob, ada])],
  "Sets of 1 and '1'": [new Set([1, '1']), new Set(['1', 1])],
  'Maps by text': [new Map([['a', ada], ['b', bob]]), new Map([['b', bob], ['a', ada]])],
  'Maps by object': [new Map([[ada, 1], [bob, 1]]), new Map([[bob, 1], [ada, 1]])],
};
for (const [name, [one, other]] of Object.entries(PAIRS)) {
  const node = says(() => deepStrictEqual(one, other));
  console.log(`${name}: Node.js ${node}, chai ${says(() => expect(one).to.deep.equal(other))}`);
}
JS
node compare.mjs | tee seen
cat >expected <<'TXT'
Sets of numbers: Node.js equal, chai equal
Sets of arrays: Node.js equal, chai equal
Sets of objects: Node.js equal, chai different
Sets of 1 and '1': Node.js equal, chai different
Maps by text: Node.js equal, chai equal
Maps by object: Node.js equal, chai different
TXT
diff expected seen && echo 'As described.'
