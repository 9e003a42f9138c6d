import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CALLBACK, type IdentityProvider, startIdentityProvider } from './identity-provider.ts';
import { Person } from './person.ts';
import { RelyingParty } from './relying-party.ts';

const SESSIONS = ['nothing', 'password', 'old code', 'fresh code'] as const;
type SessionName = (typeof SESSIONS)[number];
type Parameters = Readonly<Record<string, string>>;

const ACR: Readonly<Record<string, Parameters>> = {
  none: {},
  smpp: { acr_values: 'smpp' },
  essential: { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['smpp'] } } }) },
  unknown: { acr_values: 'gold' },
};
const PROMPT: Readonly<Record<string, Parameters>> = {
  '': {},
  login: { prompt: 'login' },
  none: { prompt: 'none' },
};
const MAX_AGE: Readonly<Record<string, Parameters>> = { '': {}, '0': { max_age: '0' }, '60': { max_age: '60' } };

/** One cell of the table: what a request leads to. */
interface Cell {
  readonly title: string;
  readonly session: SessionName;
  readonly parameters: Parameters;
  readonly expected: string;
}

describe('the table in docs/oidc.md', () => {
  const cells = readTable();
  let site: IdentityProvider;
  let client: RelyingParty;

  before(async () => {
    site = await startIdentityProvider();
    client = await RelyingParty.of(site.url);
  });
  after(() => site.close());

  it('has every session, acr, prompt and max_age once', () => {
    expect(new Set(cells.map(({ title }) => title)).size).to.equal(4 * 4 * 3 * 3);
    expect(cells).to.have.length(4 * 4 * 3 * 3);
  });

  for (const { title, session, parameters, expected } of cells) {
    it(`${title}: ${expected}`, async () => {
      const person = await comingWith(session);
      const startedAt = Math.floor(Date.now() / 1000);
      const { path, finish } = await client.begin(parameters);
      const callback = await person.signIn(path);
      expect(callback.startsWith(CALLBACK), callback).to.equal(true);
      const outcome = await finish(callback);
      if ('error' in outcome) return expect(sayError(outcome.error)).to.equal(expected);
      expect(person.asked.join(', ') || '–').to.equal(expected);
      expect(outcome.claims).to.deep.include({ sub: 'id-ada', acr: 'smpp', amr: ['pwd', 'sms', 'otp', 'mfa'] });
      const hasNewCode = person.asked.includes('code');
      expect(outcome.claims.auth_time).to.satisfy((at: number) => (hasNewCode ? at >= startedAt : at <= startedAt));
    });
  }

  /** The browser's steps before this request. */
  async function comingWith(session: SessionName): Promise<Person> {
    const person = new Person(site);
    if (session === 'password') await person.typePassword();
    if (session === 'old code' || session === 'fresh code') {
      site.setClock(session === 'old code' ? -120 : 0);
      await person.signIn((await client.begin()).path);
      site.setClock(0);
    }
    person.asked.length = 0;
    return person;
  }
});

function readTable(): readonly Cell[] {
  const rows = readFileSync('docs/oidc.md', 'utf8').matchAll(/^\| (?:none, |unknown).*\|$/gm);
  return [...rows].flatMap(([row]) => {
    const [acrs = '', prompt = '', maxAge = '', ...expectations] = row
      .replaceAll('`', '')
      .split('|')
      .slice(1, -1)
      .map((text) => text.trim());
    const requests = acrs.split(', ').flatMap((acr) => combine(acr, keys(PROMPT, prompt), keys(MAX_AGE, maxAge)));
    return requests.flatMap((request) =>
      SESSIONS.map((session, column) => ({
        title: `${session}, ${request.title}`,
        session,
        parameters: request.parameters,
        expected: expectations[column] ?? '',
      })),
    );
  });
}

function combine(
  acr: string,
  prompts: readonly string[],
  maxAges: readonly string[],
): readonly Pick<Cell, 'title' | 'parameters'>[] {
  return prompts.flatMap((prompt) =>
    maxAges.map((maxAge) => ({
      title: `acr ${acr}, prompt ${prompt || '-'}, max_age ${maxAge || '-'}`,
      parameters: { ...ACR[acr], ...PROMPT[prompt], ...MAX_AGE[maxAge] },
    })),
  );
}

function keys(all: Readonly<Record<string, Parameters>>, name: string): readonly string[] {
  return name === 'any' ? Object.keys(all) : [name];
}

/** As the table abbreviates it. */
function sayError(error: string): string {
  return error === 'unmet_authentication_requirements' ? 'unmet' : error;
}
