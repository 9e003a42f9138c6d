import type { Locale } from '../locales/locale.ts';
import type { PageLocals, PageName, Render } from '../views.ts';
import { account } from './account.ts';
import { code } from './code.ts';
import { enroll } from './enroll.ts';
import { error } from './error.ts';
import { login } from './login.ts';
import { number } from './number.ts';

type Pages = { readonly [Name in PageName]: (locals: PageLocals[Name], locale: Locale) => string };

const PAGES: Pages = { login, number, code, enroll, account, error };

/** The pages in one language. */
export function createRender(locale: Locale): Render {
  return (page, locals) => PAGES[page](locals, locale);
}
