import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { z } from 'zod';

/** One or several texts or buffers in PEM. */
type Pem = string | Buffer | (string | Buffer)[];

/** A private CA, a client certificate, or the name in the server's certificate. Certificates are always checked. */
export interface TlsOptions {
  /**
   * The certificate authorities to trust, in PEM.
   *
   * @default those that Node knows
   */
  readonly ca?: Pem | undefined;
  /** The client's certificate with its intermediates, in PEM. */
  readonly cert?: Pem | undefined;
  /** The private key of `cert`, in PEM. */
  readonly key?: Pem | undefined;
  /** Decrypts `key`. */
  readonly passphrase?: string | undefined;
  /**
   * The name that the server's certificate must have.
   *
   * @default the host's name
   */
  readonly servername?: string | undefined;
}

// The type is named because TypeScript before 5.7 cannot read the buffer type that a later one writes into declarations.
const pem: z.ZodType<Pem> = z.union(
  [z.string(), z.instanceof(Buffer), z.array(z.union([z.string(), z.instanceof(Buffer)]))],
  {
    error: 'must be a text or a buffer in PEM, or several in an array',
  },
);

export const tlsOptions: z.ZodType<TlsOptions> = z
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
