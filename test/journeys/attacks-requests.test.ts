import { expect } from 'chai';
import { wrongCode } from '../support/attack.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';
import { startTarget, type Target } from '../support/target.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };
const LOGIN = JSON.stringify({ username: 'ada', password: 'lovelace' });

describe('an attacker who makes up requests', function () {
  this.timeout(240_000);

  let app: Target;

  beforeEach(async () => {
    app = await startTarget();
  });

  afterEach(() => app.close());

  it('moves neither a link nor the last line of the SMS by any header', async () => {
    const headers = {
      ...JSON_TYPE,
      Host: 'evil.example',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Prefix': '/evil.example',
      'X-Original-Host': 'evil.example',
      Forwarded: 'host=evil.example',
      Referer: 'https://evil.example/',
    };
    const answers = [
      await rawRequest(app.url, { method: 'POST', path: '/auth/login', headers, body: LOGIN }),
      await rawRequest(app.url, { path: '/secret', headers: { ...headers, Accept: 'text/html' } }),
      await rawRequest(app.url, { path: '/auth/login', headers: { ...headers, Accept: 'text/html' } }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 303, 200]);
    expect(JSON.stringify(answers)).to.not.include('evil');
    expect(app.transport.messages[0]?.text.split('\n').at(-1)).to.match(/^@127\.0\.0\.1 #\d{6}$/);
  });

  it('is not let in by headers and fields that claim to be', async () => {
    const jar = await app.halfSignedIn();
    const claims = { stage: 'verified', verified: true, skip: true, userId: 'id-ada', amr: ['mfa'], grantId: 'x' };
    const headers = {
      ...JSON_TYPE,
      Cookie: `${jar.cookie}; stage=verified; smsOtp=verified; grantId=x`,
      'X-Original-URL': '/auth/login',
      'X-Rewrite-URL': '/auth/login',
      'X-HTTP-Method-Override': 'GET',
      'X-Forwarded-User': 'ada',
      Authorization: 'Bearer verified',
    };
    const path = `/secret?${new URLSearchParams({ stage: 'verified', claims: JSON.stringify(claims) })}`;
    expect((await rawRequest(app.url, { path, headers })).status).to.equal(401);
    expect((await post(path, JSON.stringify(claims), headers)).status).to.equal(401);
    const code = wrongCode(app.transport.lastCode());
    const { status } = await post('/auth/code', JSON.stringify({ ...claims, code }), headers);
    expect(status).to.equal(401);
  });

  it('gets no code compared out of requests with 1 000 of them', async () => {
    const { cookie } = await app.halfSignedIn();
    const right = app.transport.lastCode();
    const codes = Array.from({ length: 1000 }, (_, index) => (index === 999 ? right : wrongCode(right, index)));
    for (const [type, body] of [
      [FORM_TYPE, codes.map((code) => `code=${code}`).join('&')],
      [FORM_TYPE, codes.map((code) => `code[]=${code}`).join('&')],
      [FORM_TYPE, codes.map((code, index) => `code[${index}]=${code}`).join('&')],
      [FORM_TYPE, `code=${codes.join(',')}`],
      [JSON_TYPE, JSON.stringify({ code: codes })],
      [JSON_TYPE, JSON.stringify(codes.map((code) => ({ code })))],
      [JSON_TYPE, JSON.stringify({ code: Object.fromEntries(codes.map((code) => [code, code])) })],
      [JSON_TYPE, JSON.stringify({ code: codes.join(' ') })],
    ] as const) {
      const { status } = await post('/auth/code', body, { ...type, Cookie: cookie });
      expect(status, body.slice(0, 30)).to.equal(400);
    }
    // Of two fields of one name in JSON, the parser knows the last: one is compared.
    const twice = `{"code":"${right}","code":"${wrongCode(right)}"}`;
    expect((await post('/auth/code', twice, { ...JSON_TYPE, Cookie: cookie })).status).to.equal(401);
    expect(app.comparisons()).to.equal(1);
  });

  it('crashes nothing, pollutes nothing and is never let in, whatever the body', async () => {
    const { cookie } = await app.halfSignedIn();
    const texts = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '\u0000', '\ud800', '🔑'];
    const bodies: readonly (readonly [Record<string, string>, string])[] = [
      ...texts.map((text) => [JSON_TYPE, JSON.stringify({ [text]: { polluted: true }, code: text })] as const),
      [JSON_TYPE, '{"__proto__":{"polluted":true,"code":"123456"}}'],
      [JSON_TYPE, '{"constructor":{"prototype":{"polluted":true}}}'],
      ...texts.map((text) => [FORM_TYPE, `${encodeURI(text.replace('\ud800', 'x'))}[polluted]=true&code=1`] as const),
      [FORM_TYPE, '__proto__[polluted]=true&__proto__.polluted=true&constructor[prototype][polluted]=true'],
      [JSON_TYPE, '{'],
      [JSON_TYPE, 'null'],
      [JSON_TYPE, '"text"'],
      [JSON_TYPE, '['.repeat(15_000)],
      [JSON_TYPE, `{"code":${'['.repeat(7_000)}${']'.repeat(7_000)}}`],
      [JSON_TYPE, JSON.stringify({ code: '1'.repeat(1_000_000) })],
      [FORM_TYPE, 'a&'.repeat(5_000)],
      [FORM_TYPE, '%&%%%=%zz'],
      [{ 'Content-Type': 'application/json; charset=utf-7' }, '{}'],
      [{ ...JSON_TYPE, 'Content-Encoding': 'gzip' }, 'not gzip'],
      [{ 'Content-Type': 'multipart/form-data; boundary=x' }, '--x--'],
      [{ 'Content-Type': 'text/plain' }, LOGIN],
      [{ 'Content-Type': '__proto__' }, LOGIN],
    ];
    const requests = bodies.flatMap(([type, body]) =>
      ['/auth/login', '/auth/code', '/auth/number'].map(async (path) => {
        const { status } = await post(path, body, { ...type, Cookie: cookie });
        expect(status, `${path} ${body.slice(0, 40)}`).to.be.oneOf([400, 401, 409, 415]);
      }),
    );
    await Promise.all(requests);
    expect({}).to.not.have.property('polluted');
    expect(app.comparisons()).to.equal(0);
    expect(app.transport.messages).to.have.length(1);
    expect(app.people.checks).to.equal(1);
  });

  it('gets one answer to right and wrong codes once the challenge is used up: bytes equal', async () => {
    const { cookie } = await app.halfSignedIn();
    const right = app.transport.lastCode();
    for (let index = 0; index < 5; index++)
      await post('/auth/code', codeBody(wrongCode(right, index)), { Cookie: cookie });
    for (const accept of ['application/json', 'text/html']) {
      const seen = new Set<string>();
      for (let index = 0; index < 16; index++) {
        const code = index % 2 === 0 ? right : wrongCode(right, index);
        const headers = { Cookie: cookie, Accept: accept, ...FORM_TYPE };
        seen.add(bytesOf(await post('/auth/code', `code=${code}`, headers)));
      }
      expect(seen).to.have.length(1);
      expect([...seen][0]).to.match(/^429/);
    }
  });

  it('gets one answer to right and wrong codes once the code has died: bytes equal', async () => {
    const { cookie } = await app.halfSignedIn();
    const right = app.transport.lastCode();
    app.clock.advance(300);
    const seen = new Set<string>();
    for (let index = 0; index < 20; index++) {
      const code = index % 2 === 0 ? right : wrongCode(right, index);
      seen.add(bytesOf(await post('/auth/code', codeBody(code), { Cookie: cookie })));
    }
    expect(seen).to.have.length(1);
    expect([...seen][0]).to.match(/^410/);
  });

  function post(path: string, body: string, headers: Record<string, string>): Promise<RawAnswer> {
    return rawRequest(app.url, { method: 'POST', path, body, headers: { ...JSON_TYPE, ...headers } });
  }
});

function codeBody(code: string): string {
  return JSON.stringify({ code });
}

/** All of an answer but the time of day. */
function bytesOf({ status, headers: { date: _, ...headers }, body }: RawAnswer): string {
  return `${status} ${JSON.stringify(headers)} ${body}`;
}
