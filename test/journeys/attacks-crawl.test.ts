import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import express, { type Express } from 'express';
import type { SmsOtp } from '../../lib/index.ts';
import { testApp } from '../support/app.ts';
import { Client, listen } from '../support/client.ts';
import { rawRequest } from '../support/raw-request.ts';

/** In everything that is behind a gate. */
const TREASURE = 'the treasure';
const ENROLLMENT = { when: 'always', allowedCountries: ['SE'] } as const;
const OURS = ['login', 'code', 'code/send', 'session', 'assets/sms-otp.css', 'enroll', 'account', 'x'];

const REQUESTS = [
  { method: 'GET', accept: 'text/html' },
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({ method, accept: '*/*' })),
];

/** The paths that answer a half sign-in with success: a page that does not fit tells a program where the sign-in stands. */
const OPEN = ['', ...OURS.filter((path) => path !== 'code/send' && path !== 'x').map((path) => `/${path}`)].flatMap(
  (path) => [`/auth${path}`, `/auth${path}/`],
);

/** The ways in which a path (here `@`) may be read by one part of a server and meant for another. */
const TRICKS = [
  '@ /@ //@ @/ @// @. @/. @/.. @;a=b @?a=/auth/login @%00 @%20 @%2f @%3f',
  '/.@ /..@ /x/..@ /%2e@ /%2e%2e@ /x/%2e%2e@ \\@ /\\..@',
  '/auth/..@ /auth//..@ /auth/%2e%2e@ /auth/login@ /auth/login;@ /auth/login/..@ /auth/login/../..@ /auth/login%2f..%2f..@',
  '/auth/assets/..@ /auth/assets/../..@ /auth/assets/%2e%2e%2f%2e%2e@',
  '/open/..@ /open/%2e%2e@ /open/..%2f..@ /open/%2e%2e%2f@',
  'http://127.0.0.1@ http://127.0.0.1/auth/login@ http://evil.example@ * /% /%ff',
].flatMap((line) => line.split(' '));

function tricksOf(path: string): readonly string[] {
  const encoded = path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return [path.toUpperCase(), encoded, ...TRICKS.map((trick) => trick.replace('@', path))];
}

describe('somebody who has only typed the password', function () {
  this.timeout(240_000);

  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'treasure-'));
    mkdirSync(join(folder, 'open'));
    writeFileSync(join(folder, 'treasure.txt'), TREASURE);
    writeFileSync(join(folder, 'open', 'hello.txt'), 'hello');
  });

  after(() => rmSync(folder, { recursive: true }));

  const beforeHandler = (app: Express): void => void app.use('/open', express.static(join(folder, 'open')));

  /** A gate at each mount, as an app has them that is open elsewhere. */
  function gatedMounts(app: Express, otp: SmsOtp): void {
    const reports = express.Router().all('/:id', (_req, res) => void res.send(TREASURE));
    app.use('/admin', otp.requireSmsOtp(), express.static(folder));
    app.use('/files', otp.requireSmsOtp({ maxAgeSeconds: 3600 }), express.static(folder));
    app.use('/report', otp.requireSmsOtp(), reports);
    app.all('/any', otp.requireSmsOtp(), (_req, res) => void res.send(TREASURE));
  }

  /** One gate in front of everything. */
  function everything(app: Express): void {
    app.use('/admin', express.static(folder));
    app.use(express.static(folder, { index: 'treasure.txt' }));
    app.use((_req, res) => void res.send(TREASURE));
  }

  for (const [what, authRequired, routes, places] of [
    ['one gate', true, everything, ['/', '/secret', '/missing', '/admin/treasure.txt']],
    ['gates at mounts', false, gatedMounts, ['/any', '/report/7', '/files/treasure.txt', '/admin/treasure.txt']],
  ] as const) {
    it(`opens nothing behind ${what}, by any method and any path`, async () => {
      const { app, transport } = testApp({
        options: { authRequired, enrollment: ENROLLMENT },
        before: beforeHandler,
        routes,
      });
      const server = await listen(app);
      const jar = new Client(server.url);
      await jar.post('/auth/login', { username: 'ada', password: 'lovelace' });
      const paths = [...places, ...OURS.map((path) => `/auth/${path}`)];
      const { opened, treasures, asked } = await crawl(server.url, jar.cookie, new Set(paths.flatMap(tricksOf)));
      expect(asked).to.be.greaterThan(3000);
      expect(treasures).to.deep.equal([]);
      expect(opened.filter((path) => !OPEN.includes(path))).to.deep.equal([]);
      expect(transport.messages).to.have.length(1);
      // The same jar with both factors finds what there is to find.
      await jar.post('/auth/code', { code: transport.lastCode() });
      const found = await crawl(server.url, jar.cookie, places.slice(-3));
      expect(found.opened).to.include.members(places.slice(-3));
      expect(found.treasures).to.include('/admin/treasure.txt');
      await server.close();
    });
  }
});

interface Found {
  readonly asked: number;
  /** The requests whose answer was a success. */
  readonly opened: readonly string[];
  /** Those whose answer held the treasure. */
  readonly treasures: readonly string[];
}

async function crawl(url: string, cookie: string, paths: Iterable<string>): Promise<Found> {
  const found = { asked: 0, opened: [] as string[], treasures: [] as string[] };
  for (const path of paths) {
    await Promise.all(
      REQUESTS.map(async ({ method, accept }) => {
        const headers = { Accept: accept, Cookie: cookie };
        const { status, body } = await rawRequest(url, { method, path, headers });
        found.asked += 1;
        if (body.includes(TREASURE)) found.treasures.push(path);
        if (status < 300) found.opened.push(pathOf(path));
      }),
    );
  }
  return found;
}

/** Without what does not name the path: an origin before it, a query or a fragment after it. */
function pathOf(path: string): string {
  return path.replace(/^http:\/\/[^/]*/, '').replace(/[?#].*/, '');
}
