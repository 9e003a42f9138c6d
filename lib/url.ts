import { isIPv4 } from 'node:net';

/** The address of this machine for itself. */
export const LOOPBACK = '127.0.0.1';

/** Whether what is sent to this name or address never leaves the machine. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase().replace(/^::ffff:/, ''); // IPv4 through an IPv6 socket (RFC 4291, section 2.5.5.2)
  return address === 'localhost' || address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}

/**
 * The URL of a text; `undefined` if it is none.
 *
 * `URL.canParse` of Node 20 and 22 says no to letters beyond ASCII once V8 has optimised its caller.
 */
export function urlOf(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
