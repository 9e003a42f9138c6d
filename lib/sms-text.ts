import type { Config } from './config.ts';
import type { Purpose } from './domain/challenge.ts';
import { countSegments } from './domain/gsm-alphabet.ts';
import { composeNotice, composeSms, type SmsTexts } from './domain/message.ts';
import type { Notice } from './domain/notices.ts';

/** Gives the texts of SMS. */
export interface SmsWriter {
  code(purpose: Purpose, code: string, secondsLeft: number): string;
  notice(notice: Notice): string;
}

/** Writes in the instance's words; says at once where even the short text needs more than one SMS. */
export function createSmsWriter(config: Config, texts: SmsTexts): SmsWriter {
  const { appName, codeLength, codeTtlSeconds, logger } = config;
  const host = config.origin === undefined ? undefined : new URL(config.origin).hostname;
  const write: SmsWriter['code'] = (purpose, code, secondsLeft) =>
    composeSms(texts[purpose], { appName, code, minutes: Math.max(1, Math.floor(secondsLeft / 60)), host });
  if (host === undefined) {
    logger.warn('Without the option origin the SMS has no last line that binds its code to this site.');
  }
  const segments = Math.max(
    ...PURPOSES.map((purpose) => countSegments(write(purpose, '0'.repeat(codeLength), codeTtlSeconds))),
  );
  if (segments > 1)
    logger.warn(`The SMS does not fit into one segment: it takes ${segments}. A shorter appName helps.`);
  return { code: write, notice: (notice) => composeNotice(texts[notice], appName) };
}

const PURPOSES: readonly Purpose[] = ['sign-in', 'step-up', 'enroll', 'change'];
