import { isIP } from 'node:net';
import { countSmsSegments } from '../../assembly/sms-text.ts';
import type { Config } from '../../config.ts';
import type { Finding } from '../../domain/ports.ts';
import type { LimitName } from '../../domain/rate-limiter.ts';
import type { Locale } from '../../locales/locale.ts';
import { createLanguages } from '../../locales/own-languages.ts';
import { isLoopback } from '../../url.ts';

/** 32 random hexadecimal digits have about 115; a text that a person made up often has far fewer. */
const LEAST_BITS = 96;
/** Too long to appear in a random text by chance. */
const SAMPLES = /secret|passw|change|example|sample|default|replace|keyboard|qwerty|012345|123456|abcdef/i;
const REMEDY = 'Make a new one: openssl rand -base64 32';

/** Whether each secret looks random. Reports nothing of it but its length. */
export function* examineSecrets(secrets: readonly string[]): Generator<Finding> {
  for (const [index, secret] of secrets.entries()) {
    const check = secrets.length === 1 ? 'secret' : `secret ${index + 1} of ${secrets.length}`;
    const isRepeated = secrets.indexOf(secret) < index;
    const weakness = isRepeated ? 'it is the same as one before it: nothing is rotated' : weaknessOf(secret);
    if (weakness !== undefined) yield { check, status: 'failed', detail: weakness, remedy: REMEDY };
    else yield { check, status: 'ok', detail: `${Buffer.byteLength(secret)} bytes` };
  }
}

function weaknessOf(secret: string): string | undefined {
  // Blanks and punctuation between the repetitions hide nothing.
  if ([secret, secret.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')].some(isRepetition)) return 'it repeats itself';
  if (SAMPLES.test(secret))
    return 'it contains a word or a row of digits of the kind that samples have, so it can be guessed';
  return entropy(secret) < LEAST_BITS ? 'it has too few different characters, so it can be guessed' : undefined;
}

/** Whether a piece of at most half the text makes up all of it. */
function isRepetition(text: string): boolean {
  const pieces = Array.from({ length: Math.floor(text.length / 2) }, (_, index) => text.slice(0, index + 1));
  return pieces.some((piece) => piece.repeat(Math.ceil(text.length / piece.length)).startsWith(text));
}

/** Shannon entropy, in bits over the whole text. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / text.length), 0);
}

/** The limits on failed codes: without any of them, a thief of the password may guess without end. */
const GUESS_LIMITS: readonly LimitName[] = [
  'attemptsPerChallenge',
  'failedCodesPerUserPerDay',
  'failedCodesPerUserPer30Days',
];

/** Whether limits are turned off that are on by default. */
export function examineLimits({ limits }: Config): Finding {
  const check = 'limits';
  const off = Object.entries(limits).flatMap(([name, value]) =>
    value === false && name !== 'smsPerDay' ? [name] : [],
  );
  if (off.length === 0) return { check, status: 'ok', detail: 'all are on' };
  const isOpen = GUESS_LIMITS.every((name) => limits[name] === false);
  const harm = isOpen ? ': a person who has the password may guess codes without end' : '';
  const remedy = 'Remove the value false, or set a number; docs/security.md says what each limit is for.';
  return { check, status: isOpen ? 'failed' : 'warning', detail: `off: ${off.join(', ')}${harm}`, remedy };
}

/** Whether the SMS names the site, and how many segments it takes in each language. */
export async function* examineTexts(config: Config, appName: string | undefined): AsyncGenerator<Finding> {
  yield examineOrigin(config);
  if (appName === undefined) {
    const detail = `not set: pages and SMS say "${config.appName}"`;
    yield {
      check: 'appName',
      status: 'warning',
      detail,
      remedy: 'Set the option appName to the name that people know.',
    };
  } else yield { check: 'appName', status: 'ok', detail: 'set' };
  yield examineLengths(await createLanguages(config).loadAll(), config);
}

function examineOrigin({ origin }: Config): Finding {
  const check = 'origin';
  if (origin !== undefined) return judgeOrigin(check, new URL(origin));
  const detail = 'not set: the SMS has no last line that binds its code to this site';
  return { check, status: 'warning', detail, remedy: 'Set the option origin.' };
}

function judgeOrigin(check: string, { protocol, hostname }: URL): Finding {
  const remedy = 'Use the https address that people open, with a name.';
  if (protocol === 'http:' && !isLoopback(hostname)) {
    const detail = 'http: the session cookie and the codes go in clear, and browsers fill in no code from the SMS';
    return { check, status: 'warning', detail, remedy };
  }
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 && !isLoopback(hostname)) {
    const detail = 'an address: browsers fill in a code from the SMS only for a name';
    return { check, status: 'warning', detail, remedy };
  }
  return { check, status: 'ok', detail: `the SMS is bound to ${hostname}` };
}

/** The languages in which an SMS takes more than one segment, worst first. */
function examineLengths(locales: readonly Locale[], config: Config): Finding {
  const check = 'texts';
  const counts = locales.map(({ tag, sms }) => ({ tag, segments: countSmsSegments(sms, config) }));
  const long = counts.filter(({ segments }) => segments > 1).sort((a, b) => b.segments - a.segments);
  const [worst] = long;
  if (worst === undefined) {
    return { check, status: 'ok', detail: `each SMS fits into one segment, in all ${locales.length} languages` };
  }
  const tags = long.map(({ tag, segments }) => `${tag} (${segments})`).join(', ');
  const detail = `an SMS takes up to ${worst.segments} segments, and the operator charges for each: ${tags}`;
  return { check, status: 'warning', detail, remedy: 'Use a shorter appName of plain letters.' };
}
