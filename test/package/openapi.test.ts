import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Response } from 'supertest';
import { memoryState } from '../../lib/state/memory-state.ts';
import { openApi } from '../../scripts/openapi.mjs';
import { type Agent, type TestApp, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { FakeClock } from '../support/clock.ts';
import { failingState } from '../support/failing-state.ts';
import { installFolder } from '../support/installed-package.ts';

const DOCUMENT = openApi();
/** As `POST /code`. */
const OPERATIONS: readonly string[] = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  Object.keys(item)
    .filter((key) => key !== 'parameters')
    .map((method) => `${method.toUpperCase()} ${path}`),
);
const POSTS = OPERATIONS.filter((operation) => operation.startsWith('POST'));
/** Fields with which a request has the right shape. */
const FIELDS: Readonly<Record<string, object>> = {
  'POST /login': { username: 'ada', password: 'lovelace' },
  'POST /number': { number: 0 },
  'POST /code': { code: '000000' },
  'POST /enroll': { phone: '+46701740699' },
  'POST /account/phones': { phone: '+46701740699' },
  'POST /account/phones/remove': { number: 0 },
  'POST /account/browsers/remove': { browser: 0 },
  'POST /without-phone': { code: '0000000000' },
};
const ENROLLMENT = { enrollment: { when: 'always', allowedCountries: ['SE'] } } as const;

interface Validator {
  (data: unknown): boolean;
  readonly errors?: unknown;
}

interface Ajv {
  addSchema(schema: object, id: string): void;
  getSchema(reference: string): Validator | undefined;
}

/** Checks answers against the document, and remembers which it has seen. */
class Contract {
  readonly seen = new Set<string>();
  readonly #ajv: Ajv;

  constructor(ajv: Ajv) {
    this.#ajv = ajv;
    ajv.addSchema(DOCUMENT, 'document');
  }

  check(operation: string, { status, type, headers, body }: Response): void {
    const [method = '', path = ''] = operation.split(' ');
    const place = ['paths', path, method.toLowerCase(), 'responses', String(status)];
    const response = place.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], DOCUMENT);
    expect(response, `${operation} ${status}: ${JSON.stringify(body)}`).to.be.an('object');
    this.seen.add(`${operation} ${status}`);
    const { content = {}, headers: named = {} } = response as { content?: object; headers?: object };
    for (const name of Object.keys(named)) expect(headers, operation).to.have.property(name.toLowerCase());
    if (status === 303) return;
    expect(Object.keys(content), `${operation} ${status}`).to.include(type);
    if (!type.endsWith('json')) return;
    const pointer = [...place, 'content', type, 'schema'].map((key) =>
      encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const validate = this.#ajv.getSchema(`document#/${pointer.join('/')}`);
    expect(
      validate?.(body),
      `${operation} ${status} ${JSON.stringify(body)}: ${JSON.stringify(validate?.errors)}`,
    ).to.equal(true);
  }
}

describe('the OpenAPI document', function () {
  this.timeout(120_000); // the validator has to be installed
  let contract: Contract;

  before(() => {
    const { Ajv2020 } = requireBeside()('ajv/dist/2020.js');
    contract = new Contract(new Ajv2020({ strict: false, validateFormats: false }));
  });

  type Options = Parameters<typeof testApp>[0];
  const start = (setup: Options = {}) =>
    testApp({ ...setup, options: { ...ENROLLMENT, trustBrowser: {}, recoveryCodes: true, ...setup.options } });

  /** One request, whose answer must be as the document says. */
  async function ask(jar: Agent, operation: string, change: Change = {}): Promise<Response> {
    const [method = '', path = ''] = operation.split(' ');
    const url = `/auth${path.replace('{name}', 'sms-otp.css')}`;
    const request = method === 'GET' ? jar.get(url) : jar.post(url);
    request.set('Accept', change.asForm ? 'text/html' : 'application/json').redirects(0);
    if (change.origin !== undefined) request.set('Origin', change.origin);
    const fields = change.fields ?? FIELDS[operation] ?? {};
    const type = change.type ?? (change.asForm ? 'application/x-www-form-urlencoded' : 'application/json');
    const send = () => (method === 'GET' ? request : request.set('Content-Type', type).send(fields as string));
    const answer = await send().ok(() => true);
    contract.check(operation, answer);
    return answer;
  }

  const expectStatus = async (answer: Promise<Response>, status: number) => {
    const { status: seen, body } = await answer;
    expect(seen, JSON.stringify(body)).to.equal(status);
  };

  /** A jar that is where the operation belongs. */
  async function jarFor(set: TestApp, operation: string): Promise<Agent> {
    const jar = set.agent();
    const login = (username: string, password: string) => ask(jar, 'POST /login', { fields: { username, password } });
    if (operation.endsWith('/number')) await login('grace', 'hopper');
    else if (operation.endsWith('/enroll')) await login('alan', 'turing');
    else if (operation.includes('/browsers')) {
      await login('ada', 'lovelace');
      await ask(jar, 'POST /code', { fields: { code: set.transport.lastCode(), trustBrowser: true } });
      await ask(jar, 'GET /account');
    } else if (operation.includes('/account')) return set.signedIn('grace');
    else if (/\/code|\/without-phone/.test(operation)) await login('ada', 'lovelace');
    return jar;
  }

  async function fieldsOf(set: TestApp, operation: string): Promise<object | undefined> {
    if (operation === 'POST /code') return { code: set.transport.lastCode() };
    if (operation === 'POST /without-phone') return { code: await set.otp.issueHelpCode('id-ada') };
    return FIELDS[operation];
  }

  for (const operation of OPERATIONS) {
    it(`describes a success of ${operation}, for programs and for browsers`, async () => {
      for (const asForm of [false, true]) {
        const set = start();
        const jar = await jarFor(set, operation);
        const fields = await fieldsOf(set, operation);
        set.clock.advance(31);
        const { status } = await ask(jar, operation, { asForm, ...(fields && { fields }) });
        const isShown = operation === 'POST /account/recovery-codes';
        const isLed = asForm && !isShown && (operation === 'GET /' || operation.startsWith('POST'));
        expect(status).to.equal(isLed ? 303 : 200);
      }
    });
  }

  for (const operation of OPERATIONS.filter((one) => !one.includes('/assets'))) {
    it(`describes faults of the app and its state at ${operation}`, async () => {
      const without = start({
        before: (app) =>
          app.use((req, _res, next) => {
            Reflect.deleteProperty(req, 'session');
            next();
          }),
      });
      await expectStatus(ask(without.agent(), operation), 500);
      const clock = new FakeClock();
      const shared = failingState(memoryState({ clock: clock.now }));
      const set = start({ clock, options: { shared } });
      const isOfAll = operation.startsWith('GET') || operation === 'POST /logout';
      const jar = isOfAll ? await set.signedIn() : await jarFor(set, operation);
      shared.failAt(1);
      clock.advance(6); // what the gate has seen is over
      await expectStatus(ask(jar, operation), 503);
      await set.otp.close();
      if (operation.startsWith('POST')) await expectStatus(ask(jar, operation), 503);
    });
  }

  for (const operation of POSTS) {
    it(`describes the refusal of another site at ${operation}`, async () => {
      const set = start();
      await expectStatus(ask(set.agent(), operation, { origin: 'https://elsewhere.example' }), 403);
    });

    it(`describes a wrong method at ${operation.slice(5)}`, async () => {
      const { body, status } = await start()
        .agent()
        .put(`/auth${operation.slice(5)}`)
        .set('Accept', 'application/json');
      expect([status, body.code]).to.deep.equal([405, 'METHOD_NOT_ALLOWED']);
    });
  }

  for (const operation of POSTS.filter((one) => hasBody(one) || one.endsWith('/recovery-codes'))) {
    it(`describes a body that cannot be read, and one of another type, at ${operation}`, async () => {
      const set = start();
      const jar = await jarFor(set, operation);
      await expectStatus(ask(jar, operation, { fields: '{"', type: 'application/json' }), 400);
      await expectStatus(ask(jar, operation, { fields: 'text', type: 'text/plain' }), 415);
    });
  }

  for (const operation of [
    'GET /login',
    'GET /number',
    'GET /code',
    'GET /enroll',
    'GET /account',
    'GET /without-phone',
  ]) {
    it(`describes where ${operation} leads a browser that is elsewhere`, async () => {
      const set = start();
      const jar = operation === 'GET /login' ? await set.signedIn() : set.agent();
      await expectStatus(ask(jar, operation, { asForm: true }), 303);
    });
  }

  for (const operation of POSTS.filter((one) => !/login|logout|\/code$/.test(one))) {
    it(`describes the refusal of a stranger at ${operation}`, () => expectStatus(ask(start().agent(), operation), 401));
  }

  it('describes refusals at the login', async () => {
    const set = start();
    await expectStatus(ask(set.agent(), 'POST /login', { fields: { username: 'ada', password: 'wrong' } }), 401);
    set.transport.mode = 'refuse';
    await expectStatus(ask(set.agent(), 'POST /login'), 422);
    const few = start({ options: { limits: { sendsPerUserPerHour: 1 } } });
    await ask(few.agent(), 'POST /login');
    await expectStatus(ask(few.agent(), 'POST /login'), 429);
  });

  it('describes refusals of a code', async () => {
    const set = start();
    await expectStatus(ask(set.agent(), 'POST /code'), 409);
    const jar = await jarFor(set, 'POST /code');
    const fields = { code: wrongCode(set.transport.lastCode()) };
    for (let guess = 0; guess < 5; guess++) await expectStatus(ask(jar, 'POST /code', { fields }), 401);
    await expectStatus(ask(jar, 'POST /code', { fields }), 429);
    const late = start();
    const slow = await jarFor(late, 'POST /code');
    late.clock.advance(301);
    await expectStatus(ask(slow, 'POST /code', { fields: { code: late.transport.lastCode() } }), 410);
  });

  it('describes refusals of a send', async () => {
    const set = start();
    const jar = await jarFor(set, 'POST /code/send');
    await expectStatus(ask(jar, 'POST /code/send'), 429);
    set.clock.advance(31);
    set.transport.mode = 'refuse';
    await expectStatus(ask(jar, 'POST /code/send'), 422);
    await expectStatus(ask(await jarFor(set, 'POST /number'), 'POST /code/send'), 409);
  });

  it('describes refusals of a choice', async () => {
    const set = start();
    await expectStatus(ask(await jarFor(set, 'POST /number'), 'POST /number', { fields: { number: 7 } }), 409);
    const jar = await jarFor(set, 'POST /number');
    await ask(jar, 'POST /number');
    await expectStatus(ask(jar, 'POST /number'), 429);
    const refusing = start();
    const other = await jarFor(refusing, 'POST /number');
    refusing.transport.mode = 'refuse';
    await expectStatus(ask(other, 'POST /number'), 422);
  });

  it('describes refusals of a first number', async () => {
    const set = start();
    const jar = await jarFor(set, 'POST /enroll');
    await expectStatus(ask(jar, 'POST /enroll', { fields: { phone: '12' } }), 422);
    await ask(jar, 'POST /enroll');
    await expectStatus(ask(jar, 'POST /enroll'), 429);
    await expectStatus(ask(await jarFor(set, 'POST /code'), 'POST /enroll'), 409);
  });

  it('describes refusals of the end of a browser', async () => {
    const jar = await jarFor(start(), 'POST /account/browsers/remove');
    await expectStatus(ask(jar, 'POST /account/browsers/remove', { fields: { browser: 7 } }), 409);
  });

  it('describes refusals of a code that takes the place of the phone', async () => {
    const set = start();
    const operation = 'POST /without-phone';
    await expectStatus(ask(await set.signedIn('ada'), operation), 409);
    const jar = await jarFor(set, operation);
    const fields = { code: await set.otp.issueHelpCode('id-ada') };
    const twice = await Promise.all([ask(jar, operation, { fields }), ask(jar, operation, { fields })]);
    expect(twice.map(({ status }) => status)).to.have.members([200, 410]);
    const wrong = await jarFor(set, operation);
    for (let guess = 1; guess <= 5; guess++) await expectStatus(ask(wrong, operation), 401);
    await expectStatus(ask(wrong, operation), 429);
  });

  it('describes the refusal of ever more recovery codes', async () => {
    const jar = await start().signedIn('grace');
    const operation = 'POST /account/recovery-codes';
    for (let sets = 0; sets < 10; sets++) await expectStatus(ask(jar, operation), 200);
    await expectStatus(ask(jar, operation), 429);
  });

  for (const operation of ['POST /account/phones', 'POST /account/phones/remove']) {
    it(`describes refusals of ${operation}`, async () => {
      const set = start();
      const conflict = operation.endsWith('remove') ? { number: 7 } : { phone: '+46701740606' };
      const jar = await set.signedIn('grace');
      await expectStatus(ask(jar, operation, { fields: conflict }), 409);
      await ask(jar, 'GET /account');
      await ask(jar, operation);
      await ask(jar, 'GET /account');
      await expectStatus(ask(jar, operation), 429);
      const refusing = start();
      const other = await refusing.signedIn('grace');
      await ask(other, 'GET /account');
      refusing.transport.mode = 'refuse';
      await expectStatus(ask(other, operation), 422);
    });
  }

  it('is a valid OpenAPI 3.1 document', async () => {
    const { Validator } = await import(
      pathToFileURL(requireBeside().resolve('@seriousme/openapi-schema-validator')).href
    );
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(DOCUMENT));
    expect(errors ?? []).to.deep.equal([]);
    expect([valid, validator.version]).to.deep.equal([true, '3.1']);
  });

  it('closes every object', () => {
    const open: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('type' in node && node.type === 'object' && !('unevaluatedProperties' in node)) open.push(path);
      for (const [key, value] of Object.entries(node)) look(value, `${path}/${key}`);
    };
    look(DOCUMENT, '');
    expect(open).to.deep.equal([]);
  });

  it('has been seen whole: each status of each route', () => {
    const documented = OPERATIONS.flatMap((operation) => {
      const [method = '', path = ''] = operation.split(' ');
      const item = (DOCUMENT.paths as Record<string, Record<string, { responses: object }>>)[path];
      return Object.keys(item?.[method.toLowerCase()]?.responses ?? {}).map((status) => `${operation} ${status}`);
    });
    expect(documented.filter((pair) => !contract.seen.has(pair))).to.deep.equal([]);
  });
});

function requireBeside() {
  return createRequire(resolve(installFolder('openapi'), 'package.json'));
}

interface Change {
  readonly asForm?: boolean;
  readonly fields?: object | string;
  readonly type?: string;
  readonly origin?: string;
}

function hasBody(operation: string): boolean {
  return (
    (DOCUMENT.paths as Record<string, { post?: { requestBody?: object } }>)[operation.slice(5)]?.post?.requestBody !==
    undefined
  );
}
