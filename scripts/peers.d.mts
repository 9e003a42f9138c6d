/** One of the real programs that tests run against, by the name of its Debian package. */
export type PeerName =
  | 'slapd'
  | 'ldap-utils'
  | 'redis-server'
  | 'chromium'
  | 'libnet-smpp-perl'
  | 'openssl'
  | '389-ds-base'
  | 'samba'
  | 'apacheds'
  | 'prometheus'
  | 'kannel-extras'
  | 'postgresql'
  | 'pgbouncer';

export function isPeerThere(name: PeerName): boolean;
export function installCommand(names: readonly PeerName[]): string;
