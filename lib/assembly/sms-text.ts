import { type Config, UNNAMED } from '../config.ts';
import type { Purpose } from '../domain/challenge.ts';
import { composeNotice, composeSms, type SmsFacts, type SmsTexts } from '../domain/message.ts';
import type { Notice } from '../domain/notices.ts';
import { countSegments } from '../domain/segments.ts';
import type { Languages } from '../locales/languages.ts';

/** Gives the texts of SMS, in the first of the wished languages (BCP 47, best first) that there is. */
export interface SmsWriter {
  code(purpose: Purpose, code: string, secondsLeft: number, wishes: readonly string[]): string;
  notice(notice: Notice, wishes: readonly string[]): string;
}

const PURPOSES: readonly Purpose[] = ['sign-in', 'step-up', 'enroll', 'change'];
const NOTICES: readonly Notice[] = ['numberAdded', 'numberRemoved'];

/** Says at once in which languages even the short text needs more than one SMS. */
export function createSmsWriter(config: Config, languages: Languages): SmsWriter {
  const { appName, origin, logger } = config;
  if (origin === undefined) {
    logger.warn('Without the option origin the SMS has no last line that binds its code to this site.');
  }
  if (appName === UNNAMED) {
    logger.warn(`Without the option appName pages and SMS say "${UNNAMED}": set it to the name that people know.`);
  }
  const counts = languages.all.map(({ tag, sms }) => ({ tag, segments: countSmsSegments(sms, config) }));
  const tooLong = counts.filter(({ segments }) => segments > 1).map(({ tag, segments }) => `${tag} (${segments})`);
  if (tooLong.length > 0) {
    logger.warn(`The SMS takes more than one segment in ${tooLong.join(', ')}. A shorter appName helps.`);
  }
  return {
    code: (purpose, code, secondsLeft, wishes) =>
      composeSms(languages.choose(wishes).sms[purpose], factsOf(config, code, secondsLeft)),
    notice: (notice, wishes) => composeNotice(languages.choose(wishes).sms[notice], appName),
  };
}

/** Of the longest SMS in one language. */
export function countSmsSegments(sms: SmsTexts, config: Config): number {
  const facts = factsOf(config, '0'.repeat(config.codeLength), config.codeTtlSeconds);
  const codes = PURPOSES.map((purpose) => composeSms(sms[purpose], facts));
  const notices = NOTICES.map((notice) => composeNotice(sms[notice], config.appName));
  return Math.max(...[...codes, ...notices].map(countSegments));
}

function factsOf({ appName, origin }: Config, code: string, secondsLeft: number): SmsFacts {
  const host = origin === undefined ? undefined : new URL(origin).hostname;
  return { appName, code, minutes: Math.max(1, Math.floor(secondsLeft / 60)), host };
}
