import type { SmsMessage } from '../domain/ports.ts';

const [NUMBER, CODE] = ['+46701740605', '492817'];
const TEXT = `Your code is ${CODE}.`;

/** Each stands for a message in an error, also where its bytes are shown. */
export const SECRETS: readonly string[] = [
  NUMBER.slice(1),
  CODE,
  TEXT,
  Buffer.from(CODE).toString('hex').replace(/..\B/g, '$& '),
];

/** GSM 03.38 with its doubles, two alphabets that it does not have, and texts that need several segments. */
export const TEXTS: readonly string[] = [
  `Bank: ${CODE} är din kod.\n\n@bank.example #${CODE}`,
  `{[€]} ~ \\ ^ | ${CODE}`,
  `Ваш код: ${CODE}`,
  `Your code 😀 is ${CODE}`,
  `${CODE} ${'is a code that comes with many words. '.repeat(6)}`,
  `${CODE} ${'это код со многими словами. '.repeat(4)}`,
];

/** Numbers of several people. */
export const NUMBERS: readonly string[] = Array.from({ length: 20 }, (_, index) => `+467017406${10 + index}`);

/** A message that lives for five minutes, with these changes. */
export function sampleMessage(changes: Partial<SmsMessage> = {}): SmsMessage {
  return { to: NUMBER, text: TEXT, expiresAt: secondsFromNow(300), ...changes };
}

export function secondsFromNow(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}
