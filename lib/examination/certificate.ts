import type { TLSSocket } from 'node:tls';
import type { Finding } from '../domain/finding.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** Time enough to get another one. */
const SHORT_DAYS = 21;
/** Some certificates have hundreds of names. */
const LONGEST_NAMES = 200;

const RENEW = 'The server needs a new certificate; ask whoever runs it.';
const TRUST = "Put the certificate of its authority into the option tls.ca, or ask for a public authority's one.";

/** By the code that Node gives. */
const REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: RENEW,
  CERT_NOT_YET_VALID: 'Is the clock of this machine right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use a name that the certificate has, or say it in the option tls.servername.',
};

/** What is to be said of a server's certificate, which the connection was made with whatever it is. */
export function judgeCertificate(socket: TLSSocket, name: string): Omit<Finding, 'check'> {
  const { valid_to: end, subjectaltname: names = 'no name' } = socket.getPeerCertificate();
  const daysLeft = Math.floor((Date.parse(end) - Date.now()) / DAY_MILLISECONDS);
  const facts = `${socket.getProtocol()}, for ${names.slice(0, LONGEST_NAMES)}, until ${end}`;
  if (!socket.authorized) {
    const code = String(socket.authorizationError);
    return {
      status: 'failed',
      detail: `its certificate is refused as one of ${name}: ${code} (${facts})`,
      remedy: REMEDIES[code] ?? TRUST,
    };
  }
  const detail = `${daysLeft} days left (${facts})`;
  return daysLeft < SHORT_DAYS ? { status: 'warning', detail, remedy: RENEW } : { status: 'ok', detail };
}
