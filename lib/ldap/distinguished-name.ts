/** RFC 4514, section 3, and the second names and OIDs of RFC 4519 for what stands in DNs. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'cn',
  commonname: 'cn',
  '2.5.4.7': 'l',
  localityname: 'l',
  '2.5.4.8': 'st',
  stateorprovincename: 'st',
  '2.5.4.10': 'o',
  organizationname: 'o',
  '2.5.4.11': 'ou',
  organizationalunitname: 'ou',
  '2.5.4.6': 'c',
  countryname: 'c',
  '0.9.2342.19200300.100.1.25': 'dc',
  domaincomponent: 'dc',
  '0.9.2342.19200300.100.1.1': 'uid',
  userid: 'uid',
};
const HEX_PAIR = /^[0-9a-f]{2}/i;

/** Whether both texts are the same DN, in whatever spelling (RFC 4514 has many). */
export function sameDn(one: string, other: string): boolean {
  return isAtOrBelow(one, other) && isAtOrBelow(other, one);
}

/** Whether the entry is the base itself or lies anywhere below it. */
export function isAtOrBelow(dn: string, base: string): boolean {
  const names = canonicalNames(dn);
  const above = canonicalNames(base);
  const depth = names.length - above.length;
  return depth >= 0 && above.every((name, index) => name === names[depth + index]);
}

/** Each relative name in one spelling: without escapes, case and needless blanks, its parts in order. */
function canonicalNames(dn: string): readonly string[] {
  if (dn.trim() === '') return [];
  return split(dn, ',').map((name) => split(name, '+').map(canonicalPart).sort().join('+'));
}

function canonicalPart(part: string): string {
  const [type = '', ...value] = split(part, '=');
  const name = type
    .trim()
    .toLowerCase()
    .replace(/^oid\./, '');
  return JSON.stringify([ATTRIBUTES[name] ?? name, canonicalValue(value.join('='))]);
}

/** Values are compared as most of a DN's attributes match: caseIgnoreMatch (RFC 4518, section 2). */
function canonicalValue(value: string): string {
  return unescaped(trimBlanks(value)).normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ');
}

/** Blanks around a value mean nothing, but for one that is escaped. */
function trimBlanks(value: string): string {
  const trimmed = value.trim();
  const isEscaped = /(?<!\\)(?:\\\\)*\\$/.test(trimmed);
  return isEscaped ? `${trimmed} ` : trimmed;
}

/** The text behind backslashes, pairs of hexadecimal digits (bytes of UTF-8) and quotation marks (RFC 2253). */
function unescaped(value: string): string {
  const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  const text = isQuoted ? value.slice(1, -1) : value;
  const bytes: Buffer[] = [];
  for (let at = 0; at < text.length; at++) {
    const escaped = text[at] === '\\' ? text.slice(at + 1) : undefined;
    const pair = escaped?.match(HEX_PAIR)?.[0];
    const character = String.fromCodePoint((escaped ?? text.slice(at)).codePointAt(0) ?? 0x5c);
    bytes.push(pair === undefined ? Buffer.from(character) : Buffer.from(pair, 'hex'));
    at += (escaped === undefined ? 0 : 1) + (pair === undefined ? character.length - 1 : 1);
  }
  return Buffer.concat(bytes).toString();
}

/** At each separator that is neither escaped nor between quotation marks. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === separator && !isQuoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
