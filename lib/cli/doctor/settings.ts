import { countSmsSegments } from '../../assembly/sms-text.ts';
import type { Config } from '../../config.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Locale } from '../../locales/locale.ts';
import { createLanguages } from '../../locales/own-languages.ts';

/** 32 random hexadecimal digits have about 115; a text that a person made up often has far fewer. */
const LEAST_BITS = 96;
/** Too long to appear in a random text by chance. */
const SAMPLES = /secret|passw|change|example|sample|default|replace|keyboard|qwerty|012345|123456|abcdef/i;
const REMEDY = 'Make a new one: openssl rand -base64 32';

/** Whether each secret looks random. Reports nothing of it but its length. */
export function* examineSecrets(secrets: readonly string[]): Generator<Finding> {
  for (const [index, secret] of secrets.entries()) {
    const check = secrets.length === 1 ? 'secret' : `secret ${index + 1} of ${secrets.length}`;
    const weakness = weaknessOf(secret);
    if (weakness !== undefined) yield { check, status: 'failed', detail: weakness, remedy: REMEDY };
    else yield { check, status: 'ok', detail: `${Buffer.byteLength(secret)} bytes` };
  }
}

function weaknessOf(secret: string): string | undefined {
  // A text that consists of a repeated piece occurs in its own doubling before the second half.
  if ((secret + secret).indexOf(secret, 1) < secret.length) return 'it repeats itself';
  if (SAMPLES.test(secret))
    return 'it contains a word or a row of digits of the kind that samples have, so it can be guessed';
  return entropy(secret) < LEAST_BITS ? 'it has too few different characters, so it can be guessed' : undefined;
}

/** Shannon entropy, in bits over the whole text. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / text.length), 0);
}

/** Whether the SMS names the site, and how many segments it takes in each language. */
export function* examineTexts(config: Config): Generator<Finding> {
  yield examineOrigin(config);
  for (const locale of createLanguages(config).all) yield examineLocale(locale, config);
}

function examineOrigin({ origin }: Config): Finding {
  const check = 'origin';
  if (origin !== undefined) return { check, status: 'ok', detail: `the SMS is bound to ${new URL(origin).hostname}` };
  const detail = 'not set: the SMS has no last line that binds its code to this site';
  return { check, status: 'warning', detail, remedy: 'Set the option origin.' };
}

function examineLocale(locale: Locale, config: Config): Finding {
  const check = `text ${locale.tag}`;
  const segments = countSmsSegments(locale.sms, config);
  if (segments === 1) return { check, status: 'ok', detail: 'each SMS fits into one segment' };
  const detail = `an SMS takes ${segments} segments, and the operator charges for each`;
  return { check, status: 'warning', detail, remedy: 'Use a shorter appName of plain letters.' };
}
