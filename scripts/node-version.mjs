/** Whether a Node version is in an `engines` range made of `^x.y.z` and `>=x.y.z`, joined by `||`. */
export function isInRange(version, range) {
  return range.split('||').some((part) => {
    const [, operator, ...lowest] = /^\s*(\^|>=)(\d+)\.(\d+)\.(\d+)\s*$/.exec(part) ?? [];
    const given = version.split('.').map(Number);
    if (operator === '^' && given[0] !== Number(lowest[0])) return false;
    const first = lowest.findIndex((number, place) => Number(number) !== given[place]);
    return operator !== undefined && (first === -1 || given[first] > Number(lowest[first]));
  });
}
