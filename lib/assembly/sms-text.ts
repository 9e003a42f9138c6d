import { type Config, UNNAMED } from '../config.ts';
import { PURPOSES, type Purpose } from '../domain/challenge.ts';
import { composeNotice, composeSms, type SmsFacts, type SmsTexts } from '../domain/message.ts';
import { NOTICES, type Notice } from '../domain/notices.ts';
import { countSegments } from '../domain/segments.ts';
import { composeFromTemplate, type TemplatedText } from '../domain/sms-templates.ts';
import type { Languages } from '../locales/languages.ts';

/** A code that is to be written, and what for. */
interface CodeToWrite {
  readonly purpose: Purpose;
  /** E.164: its country may have templates. */
  readonly number: string;
  readonly code: string;
  readonly secondsLeft: number;
}

/**
 * Gives the texts of SMS: the template of the number's country, or else in the first of the wished languages (BCP 47,
 * best first) that there is.
 */
export interface SmsWriter {
  code(what: CodeToWrite, wishes: readonly string[]): TemplatedText;
  /** @param number E.164 */
  notice(notice: Notice, number: string, wishes: readonly string[]): TemplatedText;
}

/** Says at once in which languages even the short text needs more than one SMS. */
export function createSmsWriter(config: Config, languages: Languages): SmsWriter {
  const { appName, origin, logger, smsTemplates } = config;
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
    code({ purpose, number, code, secondsLeft }, wishes) {
      const facts = factsOf(config, code, secondsLeft);
      const registered = composeFromTemplate(smsTemplates, number, purpose, facts);
      return registered ?? { text: composeSms(languages.choose(wishes).sms[purpose], facts) };
    },
    notice(notice, number, wishes) {
      const registered = composeFromTemplate(smsTemplates, number, notice, { appName });
      return registered ?? { text: composeNotice(languages.choose(wishes).sms[notice], appName) };
    },
  };
}

/** Of the longest SMS in one language. */
export function countSmsSegments(sms: SmsTexts, config: Config): number {
  const facts = sampleFacts(config);
  const codes = PURPOSES.map((purpose) => composeSms(sms[purpose], facts));
  const notices = NOTICES.map((notice) => composeNotice(sms[notice], config.appName));
  return Math.max(...[...codes, ...notices].map(countSegments));
}

/** With a made-up code. */
function sampleFacts(config: Config): SmsFacts {
  return factsOf(config, '0'.repeat(config.codeLength), config.codeTtlSeconds);
}

function factsOf({ appName, origin }: Config, code: string, secondsLeft: number): SmsFacts {
  const host = origin === undefined ? undefined : new URL(origin).hostname;
  return { appName, code, minutes: Math.max(1, Math.floor(secondsLeft / 60)), host };
}
