// RFC 4514, section 2.4: a comma behind an odd number of backslashes belongs to a value.
const SEPARATOR = /(?<=(?<!\\)(?:\\\\)*),/;

/** True if both texts are the same DN, whatever their case and the blanks about their commas. */
export function sameDn(one: string, other: string): boolean {
  return isAtOrBelow(one, other) && isAtOrBelow(other, one);
}

/** True if the entry is the base itself or lies anywhere below it. An escape written otherwise is not the same. */
export function isAtOrBelow(dn: string, base: string): boolean {
  const parts = split(dn);
  const above = split(base);
  const depth = parts.length - above.length;
  return depth >= 0 && above.every((part, index) => part === parts[depth + index]);
}

function split(dn: string): readonly string[] {
  if (dn === '') return [];
  return dn.split(SEPARATOR).map((part) => part.trim().toLowerCase());
}
