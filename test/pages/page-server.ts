import { extname } from 'node:path';
import express from 'express';
import type { Purpose } from '../../lib/domain/challenge.ts';
import type { DeliveryState } from '../../lib/domain/delivery.ts';
import type { Stage } from '../../lib/domain/sign-in-record.ts';
import { ASSETS } from '../../lib/pages/assets.ts';
import { listen } from '../support/client.ts';

export interface PageServer {
  /** The address of the page. */
  readonly url: string;
  html: string;
  /** Where all forms lead. */
  next: string;
  /** The answer to the page's script. */
  delivery: DeliveryState;
  stage: Stage;
  purpose: Purpose;
  /** Further answers to it. */
  facts: object;
  /** How often it asked. */
  questions: number;
  /** Paths and fields of the forms that were sent. */
  readonly posts: (readonly [path: string, fields: Record<string, string>])[];
  close(): Promise<void>;
}

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 1"><path d="M0 0h9v1H0z"/></svg>';

/** Serves one page with its files, under the strictest policy that it must work with. */
export async function startPageServer(): Promise<PageServer> {
  const app = express();
  app.use((_req, res, next) => {
    res.set(
      'Content-Security-Policy',
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'",
    );
    next();
  });
  app.get('/auth/assets/:name', (req, res) => {
    res.type(extname(req.params.name)).send(ASSETS[req.params.name]);
  });
  app.get('/logo.svg', (_req, res) => void res.type('svg').send(LOGO));
  app.get('/favicon.ico', (_req, res) => void res.status(204).end());
  app.get('/auth/session', (_req, res) => {
    server.questions += 1;
    const { stage, purpose, delivery, facts } = server;
    res.json({ stage, purpose, delivery, location: '/next', ...facts });
  });
  app.get('/page', (_req, res) => void res.type('html').send(server.html));
  app.get('/next', (_req, res) => void res.type('html').send(server.next));
  app.post('/*path', express.urlencoded(), (req, res) => {
    server.posts.push([req.path, { ...req.body }]);
    res.redirect(303, '/next');
  });
  const { url, close } = await listen(app);
  const server: PageServer = {
    url: `${url}/page`,
    html: '',
    next: '<p>The next page</p>',
    delivery: 'accepted',
    stage: 'code',
    purpose: 'sign-in',
    facts: {},
    questions: 0,
    posts: [],
    close,
  };
  return server;
}
