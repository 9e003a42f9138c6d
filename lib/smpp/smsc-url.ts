import type { SmscOptions } from './smpp-options.ts';

const SCHEMES: Readonly<Record<string, { readonly tls: boolean } | undefined>> = {
  'smpp:': { tls: false },
  'smpps:': { tls: true },
  'ssmpp:': { tls: true },
};

/** What an SMSC's URL says; `undefined` where it is none, or has a path, a query or a fragment. */
export function readSmscUrl(text: string): SmscOptions | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  const scheme = SCHEMES[protocol];
  const hasMore = `${search}${hash}` !== '' || !['', '/'].includes(pathname);
  if (scheme === undefined || hostname === '' || hasMore) return undefined;
  try {
    return {
      ...scheme,
      host: hostname.replace(/^\[|\]$/g, ''),
      ...(port !== '' && { port: Number(port) }),
      ...(username !== '' && { systemId: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    };
  } catch {
    return undefined; // a percent sign that begins no character
  }
}
