import { isIPv6 } from 'node:net';

/**
 * What an address is counted under: the whole of IPv4, the first 64 bits of IPv6, which is what one customer has (RFC
 * 6177); in one spelling.
 */
export function addressBlockOf(ip: string | undefined): string {
  const address = (ip ?? '').split('%', 1)[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? `${hextets(address).slice(0, 4).join(':')}::/64` : address;
}

/** The eight parts of an IPv6 address. */
function hextets(address: string): readonly string[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = canonical.split('::');
  const [before, after] = [head, tail].map((half) => (half === '' ? [] : half.split(':')));
  const gap = canonical.includes('::') ? 8 - (before?.length ?? 0) - (after?.length ?? 0) : 0;
  return [...(before ?? []), ...new Array<string>(gap).fill('0'), ...(after ?? [])];
}
