import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  /** All in PEM. */
  readonly cert: string;
  readonly key: string;
  /** The authority that signed it. */
  readonly ca: string;
}

/**
 * A certificate for `localhost` and `127.0.0.1`, or for other names, by an authority made for it (openssl).
 *
 * @param days how long it is valid from now on; negative: how long ago it ended
 */
export async function makeCertificate(names = 'DNS:localhost,IP:127.0.0.1', days = 90): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  const at = (file: string) => join(folder, file);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    const authority = ['-x509', '-days', '90', '-subj', '/CN=Test CA', '-keyout', at('ca.key')];
    await openssl('req', ...key, ...authority, '-out', at('ca.pem'));
    const named = ['-subj', '/CN=Test server', '-addext', `subjectAltName=${names}`];
    const server = [...named, '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', at('server.key')];
    await openssl('req', '-new', ...key, ...server, '-out', at('server.csr'));
    const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-days', String(days), '-copy_extensions', 'copy'];
    await openssl('x509', '-req', '-in', at('server.csr'), ...signed, '-out', at('server.pem'));
    const [cert, serverKey, ca] = await Promise.all(
      ['server.pem', 'server.key', 'ca.pem'].map((file) => text(at(file))),
    );
    return { cert: cert ?? '', key: serverKey ?? '', ca: ca ?? '' };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', args);
}

function text(file: string): Promise<string> {
  return readFile(file, 'utf8');
}
