import type { Locale } from '../locales/locale.ts';
import type { PageLocals, PageName, Render, View, Views } from '../views.ts';
import { account } from './account.ts';
import { code } from './code.ts';
import { enroll } from './enroll.ts';
import { error } from './error.ts';
import { login } from './login.ts';
import { number } from './number.ts';
import { withoutPhone } from './without-phone.ts';

type Pages = { readonly [Name in PageName]: (locals: PageLocals[Name], locale: Locale) => string };

const PAGES: Pages = { login, number, code, enroll, withoutPhone, account, error };

export const PAGE_NAMES: readonly string[] = Object.keys(PAGES);

/** The app's own page if it has one, else ours. */
export function createRender(
  choose: (wishes: readonly string[]) => Locale | Promise<Locale>,
  views: Views = {},
): Render {
  return async (page, locals, wishes) => {
    const locale = await choose(wishes);
    const language = locale.tag;
    const view: View<typeof page> | undefined = views[page];
    if (typeof view === 'string') return { language, template: view, locals: { ...locals, locale } };
    return { language, html: String(await (view ?? PAGES[page])(locals, locale)) };
  };
}
