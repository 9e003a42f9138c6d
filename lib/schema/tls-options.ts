import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { z } from 'zod';

/** One or several texts or buffers in PEM. */
type Pem = string | Buffer | (string | Buffer)[];

/** A private CA, a client certificate, or the name that the server's certificate has. It is always checked. */
export interface TlsOptions {
  /** In place of the CAs that Node knows, in PEM. */
  readonly ca?: Pem | undefined;
  /** The client's certificate, with those between it and its CA, in PEM. */
  readonly cert?: Pem | undefined;
  /** The private key of `cert`, in PEM. */
  readonly key?: Pem | undefined;
  /** What opens `key` where it is encrypted. */
  readonly passphrase?: string | undefined;
  /** The name that the server's certificate must have. Default: the host's. */
  readonly servername?: string | undefined;
}

// Named, since TypeScript before 5.7 cannot read the type of a buffer that a later one would write into the declarations.
const pem: z.ZodType<Pem> = z.union(
  [z.string(), z.instanceof(Buffer), z.array(z.union([z.string(), z.instanceof(Buffer)]))],
  {
    error: 'must be a text or a buffer in PEM, or several in an array',
  },
);

export const tlsOptions = z
  .strictObject({
    ca: pem.optional(),
    cert: pem.optional(),
    key: pem.optional(),
    passphrase: z.string().optional(),
    servername: z.string().min(1, 'must not be empty').optional(),
  } satisfies Record<keyof TlsOptions, z.ZodType>)
  .refine(isReadable, 'has a certificate or key that cannot be read');

function isReadable(options: SecureContextOptions): boolean {
  try {
    createSecureContext(options);
    return true;
  } catch {
    return false;
  }
}
