import type { Config } from '../../config.ts';
import type { Finding } from '../../domain/finding.ts';
import { countSegments } from '../../domain/gsm-alphabet.ts';
import { composeSms } from '../../domain/message.ts';
import { en } from '../../locales/en.ts';
import type { Locale } from '../../locales/locale.ts';

const LOCALES: readonly Locale[] = [en];

/** Whether the SMS is bound to the site, and how many segments it takes in each language. */
export function* examineTexts(config: Config): Generator<Finding> {
  const { origin } = config;
  const host = origin === undefined ? undefined : new URL(origin).hostname;
  if (host !== undefined) yield { check: 'origin', status: 'ok', detail: `the SMS is bound to ${host}` };
  else {
    const detail = 'without it the SMS has no last line that binds its code to this site';
    yield { check: 'origin', status: 'warning', detail, remedy: 'Set the option origin.' };
  }
  for (const locale of LOCALES) yield examineLocale(locale, config, host);
}

function examineLocale({ tag, sms }: Locale, config: Config, host: string | undefined): Finding {
  const { appName, codeLength, codeTtlSeconds } = config;
  const facts = { appName, host, code: '0'.repeat(codeLength), minutes: Math.floor(codeTtlSeconds / 60) };
  const segments = Math.max(...Object.values(sms).map((text) => countSegments(composeSms(text, facts))));
  const check = `text ${tag}`;
  if (segments === 1) return { check, status: 'ok', detail: 'each SMS fits into one segment' };
  const detail = `an SMS takes ${segments} segments, and each is paid for`;
  return { check, status: 'warning', detail, remedy: 'A shorter appName, of plain letters, helps.' };
}
