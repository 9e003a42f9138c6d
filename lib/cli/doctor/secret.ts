import type { Finding } from '../../domain/finding.ts';

/** Of a text of 32 random hexadecimal digits it is about 115; of one that a person made up, often much less. */
const LEAST_BITS = 96;
/** Long enough that chance does not make them. */
const SAMPLES = /secret|passw|change|example|sample|default|replace|keyboard|qwerty|012345|123456|abcdef/i;
const REMEDY = 'Make one by: openssl rand -base64 32';

/** Whether each secret looks as if chance had made it. Nothing of it is told but its length. */
export function* examineSecrets(secrets: readonly string[]): Generator<Finding> {
  for (const [index, secret] of secrets.entries()) {
    const check = secrets.length === 1 ? 'secret' : `secret ${index + 1} of ${secrets.length}`;
    const weakness = weaknessOf(secret);
    if (weakness !== undefined) yield { check, status: 'failed', detail: weakness, remedy: REMEDY };
    else yield { check, status: 'ok', detail: `${Buffer.byteLength(secret)} bytes` };
  }
}

function weaknessOf(secret: string): string | undefined {
  // A text made of a repeated piece occurs in its own doubling before the second half.
  if ((secret + secret).indexOf(secret, 1) < secret.length) return 'it repeats itself';
  if (SAMPLES.test(secret)) return 'it has a word or a row of digits that samples have: somebody may guess it';
  return entropy(secret) < LEAST_BITS ? 'it has too few different characters: somebody may guess it' : undefined;
}

/** Shannon's, in bits over the whole text. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / text.length), 0);
}
