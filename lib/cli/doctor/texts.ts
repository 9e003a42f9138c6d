import type { Config } from '../../config.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Locale } from '../../locales/locale.ts';
import { createLanguages } from '../../locales/own-languages.ts';
import { countSmsSegments } from '../../sms-text.ts';

/** Whether the SMS is bound to the site, and how many segments it takes in each language. */
export function* examineTexts(config: Config): Generator<Finding> {
  const { origin } = config;
  const host = origin === undefined ? undefined : new URL(origin).hostname;
  if (host !== undefined) yield { check: 'origin', status: 'ok', detail: `the SMS is bound to ${host}` };
  else {
    const detail = 'without it the SMS has no last line that binds its code to this site';
    yield { check: 'origin', status: 'warning', detail, remedy: 'Set the option origin.' };
  }
  for (const locale of createLanguages(config).all) yield examineLocale(locale, config);
}

function examineLocale({ tag, sms }: Locale, config: Config): Finding {
  const segments = countSmsSegments(sms, config);
  const check = `text ${tag}`;
  if (segments === 1) return { check, status: 'ok', detail: 'each SMS fits into one segment' };
  const detail = `an SMS takes ${segments} segments, and each is paid for`;
  return { check, status: 'warning', detail, remedy: 'A shorter appName, of plain letters, helps.' };
}
