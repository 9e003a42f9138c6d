import type { Config } from './config.ts';
import type { Purpose } from './domain/challenge.ts';
import { countSegments } from './domain/gsm-alphabet.ts';
import { composeNotice, composeSms, type SmsText } from './domain/message.ts';
import type { Notice } from './domain/notices.ts';
import type { Languages } from './locales/languages.ts';

/** Gives the texts of SMS, in the first of the wished languages (BCP 47, best first) that there is. */
export interface SmsWriter {
  code(purpose: Purpose, code: string, secondsLeft: number, wishes: readonly string[]): string;
  notice(notice: Notice, wishes: readonly string[]): string;
}

const PURPOSES: readonly Purpose[] = ['sign-in', 'step-up', 'enroll', 'change'];
const NOTICES: readonly Notice[] = ['numberAdded', 'numberRemoved'];

/** Says at once in which languages even the short text needs more than one SMS. */
export function createSmsWriter(config: Config, languages: Languages): SmsWriter {
  const { appName, codeLength, codeTtlSeconds, logger } = config;
  const host = config.origin === undefined ? undefined : new URL(config.origin).hostname;
  if (host === undefined) {
    logger.warn('Without the option origin the SMS has no last line that binds its code to this site.');
  }
  const write = (text: SmsText, code: string, secondsLeft: number): string =>
    composeSms(text, { appName, code, minutes: Math.max(1, Math.floor(secondsLeft / 60)), host });
  const tooLong = languages.all.flatMap(({ tag, sms }) => {
    const codes = PURPOSES.map((purpose) => write(sms[purpose], '0'.repeat(codeLength), codeTtlSeconds));
    const notices = NOTICES.map((notice) => composeNotice(sms[notice], appName));
    const segments = Math.max(...[...codes, ...notices].map(countSegments));
    return segments > 1 ? [`${tag} (${segments})`] : [];
  });
  if (tooLong.length > 0) {
    logger.warn(`The SMS takes more than one segment in ${tooLong.join(', ')}. A shorter appName helps.`);
  }
  return {
    code: (purpose, code, secondsLeft, wishes) => write(languages.choose(wishes).sms[purpose], code, secondsLeft),
    notice: (notice, wishes) => composeNotice(languages.choose(wishes).sms[notice], appName),
  };
}
