const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'ldap:': 389, 'ldaps:': 636 };

export interface ServerUrl {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
}

/** Host and port of an LDAP URL; `undefined` where it is none, or has a path, a query or a name in it (RFC 4516). */
export function readServerUrl(text: string): ServerUrl | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  const defaultPort = DEFAULT_PORTS[protocol];
  const hasMore = `${username}${password}${search}${hash}` !== '' || !['', '/'].includes(pathname);
  if (defaultPort === undefined || hostname === '' || hasMore) return undefined;
  const host = hostname.replace(/^\[|\]$/g, '');
  return { isTls: protocol === 'ldaps:', host, port: port === '' ? defaultPort : Number(port) };
}
