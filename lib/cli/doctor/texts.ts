import { countSmsSegments } from '../../assembly/sms-text.ts';
import type { Config } from '../../config.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Locale } from '../../locales/locale.ts';
import { createLanguages } from '../../locales/own-languages.ts';

/** Whether the SMS is bound to the site, and how many segments it takes in each language. */
export function* examineTexts(config: Config): Generator<Finding> {
  yield examineOrigin(config);
  for (const locale of createLanguages(config).all) yield examineLocale(locale, config);
}

function examineOrigin({ origin }: Config): Finding {
  const check = 'origin';
  if (origin !== undefined) return { check, status: 'ok', detail: `the SMS is bound to ${new URL(origin).hostname}` };
  const detail = 'without it the SMS has no last line that binds its code to this site';
  return { check, status: 'warning', detail, remedy: 'Set the option origin.' };
}

function examineLocale(locale: Locale, config: Config): Finding {
  const check = `text ${locale.tag}`;
  const segments = countSmsSegments(locale.sms, config);
  if (segments === 1) return { check, status: 'ok', detail: 'each SMS fits into one segment' };
  const detail = `an SMS takes ${segments} segments, and each is paid for`;
  return { check, status: 'warning', detail, remedy: 'A shorter appName, of plain letters, helps.' };
}
