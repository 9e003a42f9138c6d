import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import express, { type Express, type RequestHandler } from 'express';
import { baseConfiguration } from '../oidc/identity-provider.ts';
import { Person } from '../oidc/person.ts';
import { RelyingParty } from '../oidc/relying-party.ts';
import { postForm } from '../support/app.ts';
import { listen } from '../support/client.ts';
import { runListing } from '../support/listing.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';

const PAGE = 'docs/oidc.md';

const SECRET_OF_CLIENT = 'a secret of the client that is long enough';

interface Application {
  begin(session: object): Promise<URL>;
  finish(session: object, callback: URL): Promise<object>;
}

interface Site {
  readonly url: string;
  readonly transport: RecordingTransport;
  close(): Promise<void>;
}

/** A listing on a port of its own. */
async function start(name: string, clients?: readonly object[]): Promise<Site> {
  const app = express().set('env', 'test');
  const { url, close } = await listen(app);
  const [transport, userStore] = [new RecordingTransport(), new People()];
  const configuration = baseConfiguration({ client_id: 'strict', default_acr_values: ['smpp'] });
  const given = {
    secret: 'a secret of the listings, long enough',
    origin: url,
    appName: 'Example',
    userStore,
    transport,
    logIn,
  };
  const own = clients === undefined ? configuration : { ...configuration, clients };
  const listing = await runListing<{ app: Express }>(PAGE, name, { ...own, ...given, configuration: own });
  app.use(listing.app);
  return { url, transport, close };
}

/** The app's own login, which believes everybody. */
const logIn: RequestHandler = (req, res) => {
  Object.assign(req.session, { user: 'id-ada' });
  res.redirect(303, req.body.returnTo);
};

describe(PAGE, () => {
  let site: Site;
  let ada: Person;

  async function set(name: string): Promise<void> {
    site = await start(name);
    ada = new Person(site);
  }
  afterEach(() => site.close());

  /** The claims that a client learns if the person also passes the app's own login. */
  async function authorize(clientId: string, parameters: Readonly<Record<string, string>> = {}): Promise<object> {
    const { path, finish } = await (await RelyingParty.of(site.url, clientId)).begin(parameters);
    let address = await ada.signIn(path);
    if (address.startsWith('/login?')) {
      ada.asked.push('password');
      const returnTo = new URL(address, site.url).searchParams.get('returnTo') ?? '';
      await postForm(ada.jar, '/login', { returnTo }).expect(303);
      address = await ada.signIn(returnTo);
    }
    return finish(address);
  }

  it('sets up a provider that gives the acr to all', async () => {
    await set('provider');
    expect(await authorize('app')).to.have.nested.property('claims.acr', 'smpp');
    expect(await authorize('strict')).to.have.nested.property('claims.acr', 'smpp');
    expect(ada.asked).to.deep.equal(['password', 'code']);
  });

  it('sets up a provider that gives the acr to those that ask, and leaves the others to the app', async () => {
    await set('asking');
    const without = await authorize('app');
    expect(without).to.have.deep.nested.property('claims.amr', ['pwd']);
    expect(without).to.not.have.nested.property('claims.acr');
    expect(ada.asked).to.deep.equal(['password']);
    expect(site.transport.messages).to.deep.equal([]);
    expect(await authorize('app', { acr_values: 'gold' })).to.have.property(
      'error',
      'unmet_authentication_requirements',
    );
    const asked = { acr_values: 'smpp' };
    expect(await authorize('app', { ...asked, prompt: 'none' })).to.have.property('error', 'login_required');
    expect(await authorize('app', asked)).to.have.deep.nested.property('claims.amr', ['pwd', 'sms', 'otp', 'mfa']);
    expect(ada.asked).to.deep.equal(['password', 'code']);
    expect(await authorize('strict', { prompt: 'none' })).to.have.nested.property('claims.acr', 'smpp');
  });

  it('asks a client that always needs the acr for the code at its first request', async () => {
    await set('asking');
    expect(await authorize('strict')).to.have.nested.property('claims.acr', 'smpp');
    expect(ada.asked).to.deep.equal(['password', 'code']);
  });

  it('has the record of a client, and an application that signs people in and checks the acr', async () => {
    const { clients } = await runListing<{ clients: object[] }>(PAGE, 'client-record', {
      clientSecret: SECRET_OF_CLIENT,
    });
    site = await start('provider', clients);
    ada = new Person(site);
    // The copy that the listing imports, too.
    const client = await import('openid-client');
    const options = { execute: [client.allowInsecureRequests] };
    const config = await client.discovery(new URL(`${site.url}/oidc`), 'app', SECRET_OF_CLIENT, undefined, options);
    const { api } = await runListing<{ api: Application }>(PAGE, 'application', { config });
    const own = {};
    const { pathname, search } = await api.begin(own);
    const claims = await api.finish(own, new URL(await ada.signIn(pathname + search)));
    expect(claims).to.include({ sub: 'id-ada', acr: 'smpp' });
  });

  it('gives nobody, also where it was not asked for, the acr of a sign-in that is over', async () => {
    await set('asking');
    await authorize('strict');
    await postForm(ada.jar, '/auth/logout').expect(303);
    expect(await authorize('app', { prompt: 'none' })).to.have.property('error', 'login_required');
    expect(await authorize('app')).to.not.have.nested.property('claims.acr');
    expect(ada.asked).to.deep.equal(['password', 'code', 'password']);
  });
});

describe(`the options in ${PAGE}`, () => {
  it('are those that there are', () => {
    const source = readFileSync('lib/oidc/sms-otp-for-oidc.ts', 'utf8');
    const declared = /interface SmsOtpForOidcOptions \{(.*?)\n\}/s.exec(source)?.[1] ?? '';
    const names = Array.from(declared.matchAll(/readonly (\w+)\?/g), ([, name]) => name);
    const rows = readFileSync(PAGE, 'utf8').matchAll(/^\| `(\w+)` \| [^|]+ \| [^|]+ \|$/gm);
    expect(Array.from(rows, ([, name]) => name)).to.deep.equal(names);
    expect(names).to.have.length(3);
  });
});
