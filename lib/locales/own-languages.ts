import type { SmsTexts } from '../domain/message.ts';
import { LANGUAGES, type Language, Languages } from './languages.ts';
import type { Locale, OwnLocale, OwnTexts } from './locale.ts';

/** The words of the app's own, by BCP 47 tag. */
export interface OwnLanguages {
  /** Languages of its own; what one leaves out is as in the closest of ours, at last in English. */
  readonly locales: Readonly<Record<string, OwnLocale>>;
  /** Single texts of languages that are there. */
  readonly messages: Readonly<Record<string, OwnTexts>>;
}

/**
 * Our languages and the app's.
 *
 * @param onUnreadable is told once of each language that English is used in place of
 */
export function createLanguages({ locales, messages }: OwnLanguages, onUnreadable?: (tag: string) => void): Languages {
  const ours = new Languages(LANGUAGES, [], onUnreadable);
  const own = Object.entries(locales).map(([tag, texts]) => ({
    tag,
    load: async () => ({ ...extend(await ours.choose([tag]), texts), tag }),
  }));
  const changes = new Map(Object.entries(messages));
  const changed = (language: Language): Language => {
    const { tag, load } = language;
    const texts = changes.get(tag);
    return texts === undefined ? language : { tag, load: async () => extend(await load(), texts) };
  };
  return new Languages(LANGUAGES.map(changed), own.map(changed), onUnreadable);
}

function extend(locale: Locale, { dir, sms, pages, errors }: OwnLocale): Locale {
  return {
    tag: locale.tag,
    dir: dir ?? locale.dir,
    sms: extendSms(locale.sms, sms),
    pages: { ...locale.pages, ...pages },
    errors: { ...locale.errors, ...errors },
  };
}

function extendSms(texts: SmsTexts, own: OwnTexts['sms'] = {}): SmsTexts {
  return {
    'sign-in': { ...texts['sign-in'], ...own['sign-in'] },
    'step-up': { ...texts['step-up'], ...own['step-up'] },
    enroll: { ...texts.enroll, ...own.enroll },
    change: { ...texts.change, ...own.change },
    numberAdded: { ...texts.numberAdded, ...own.numberAdded },
    numberRemoved: { ...texts.numberRemoved, ...own.numberRemoved },
    helpCodeIssued: { ...texts.helpCodeIssued, ...own.helpCodeIssued },
    helpCodeUsed: { ...texts.helpCodeUsed, ...own.helpCodeUsed },
    recoveryCodeUsed: { ...texts.recoveryCodeUsed, ...own.recoveryCodeUsed },
    browserCopied: { ...texts.browserCopied, ...own.browserCopied },
  };
}
