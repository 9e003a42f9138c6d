/** Whether a version is in a range that is made of `^x.y.z` and `>=x.y.z`, joined by `||`. */
export function isInRange(version: string, range: string): boolean {
  const given = numbersOf(version);
  return range.split('||').some((part) => {
    const lowest = numbersOf(part);
    const isMajor = !part.trim().startsWith('^') || given[0] === lowest[0];
    return isMajor && compare(given, lowest) >= 0;
  });
}

function numbersOf(text: string): readonly number[] {
  return (/\d+(\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number);
}

function compare(left: readonly number[], right: readonly number[]): number {
  const place = right.findIndex((number, index) => number !== left[index]);
  return place === -1 ? 0 : (left[place] ?? 0) - (right[place] ?? 0);
}
