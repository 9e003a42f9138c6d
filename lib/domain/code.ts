import { generateSync } from '@otplib/hotp';
import { NodeCryptoPlugin } from '@otplib/plugin-crypto-node';
import { withPlainDigits } from './dial-string.ts';

// The default of otplib 13 is an ES module all the way down, which CommonJS test runners cannot load.
const CRYPTO = new NodeCryptoPlugin();

/** HOTP (RFC 4226) has 31 bits: with more digits some codes would be likelier than others. */
export type CodeLength = 6 | 7 | 8;

/** The code of one generation, with its leading zeros. The same key and generation always give the same code. */
export function deriveCode(key: Uint8Array, generation: number, digits: CodeLength): string {
  return generateSync({ secret: key, counter: generation, digits, crypto: CRYPTO });
}

/**
 * The digits of what a person typed or pasted, in any script, without blanks, dashes, marks that nobody sees and signs of
 * punctuation, as in `#123 456.`; `undefined` if that is not a code's shape. The script of the pages reads it likewise.
 */
export function readCode(typed: string, digits: CodeLength): string | undefined {
  if (/\p{No}/u.test(typed)) return undefined;
  const code = withPlainDigits(typed).replace(/[\s\p{P}]/gu, '');
  return code.length === digits && /^[0-9]+$/.test(code) ? code : undefined;
}
