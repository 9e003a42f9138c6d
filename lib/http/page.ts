import type { Response } from 'express';
import { wishesOf } from '../domain/user.ts';
import type { PageName, RenderedPage } from '../views.ts';
import { setPageHeaders } from './headers.ts';
import { LOCALS, type PageView } from './locals.ts';

/** Shows a page in the language of the user, else of the browser, else in English. */
export async function sendPage(res: Response, name: PageName, view: PageView): Promise<void> {
  const page = await renderPage(name, view);
  const html = 'html' in page ? page.html : await renderTemplate(res, page.template, page.locals);
  setPageHeaders(res);
  res.set('Content-Language', page.language);
  res.vary('Accept-Language, Accept').type('html').send(html);
}

async function renderPage<Name extends PageName>(name: Name, view: PageView): Promise<RenderedPage> {
  const { wiring, visitor, standing } = view;
  const { locale } = standing.signIn ?? visitor.signIn ?? {};
  return wiring.render(name, await LOCALS[name](view), wishesOf(locale, visitor.languages));
}

function renderTemplate(res: Response, template: string, locals: object): Promise<string> {
  return new Promise((resolve, reject) => {
    res.render(template, locals, (error, html) => (error ? reject(error) : resolve(html)));
  });
}
