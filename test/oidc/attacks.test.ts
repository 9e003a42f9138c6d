import { expect } from 'chai';
import { agent } from 'supertest';
import { getPage, postForm, postJson } from '../support/app.ts';
import { GOODBYE, type IdentityProvider, startIdentityProvider } from './identity-provider.ts';
import { Person } from './person.ts';
import { type Outcome, RelyingParty } from './relying-party.ts';

describe('without the code there is no acr', () => {
  let site: IdentityProvider;
  let client: RelyingParty;
  let ada: Person;

  beforeEach(async () => {
    site = await startIdentityProvider();
    client = await RelyingParty.of(site.url);
    ada = new Person(site);
  });
  afterEach(() => site.close());

  /** A whole authorization, in which the person does all that is asked for. */
  async function authorize(person: Person, parameters: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { path, finish } = await client.begin(parameters);
    return finish(await person.signIn(path));
  }

  /** As an application asks in the background. */
  async function silently(person: Person): Promise<Outcome> {
    const { path, finish } = await client.begin({ prompt: 'none' });
    return finish(await person.open(path));
  }

  /** Begins an authorization, and stops where the provider sends the browser. */
  async function beginInteraction(person: Person, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const { headers } = await getPage(person.jar, (await client.begin(parameters)).path).expect(303);
    return String(headers.location);
  }

  it('answers an interaction that nobody has begun, or that was made up', async () => {
    await getPage(ada.jar, '/interaction/of-nobody').expect(400);
    const real = await beginInteraction(ada);
    const uid = real.split('/').at(-1) ?? '';
    const forged = { Cookie: `_interaction=${uid}; _interaction.sig=AAAAAAAAAAAAAAAAAAAAAAAAAAA` };
    await agent(site.url).get(real).set('Accept', 'text/html').set(forged).expect(400);
    const { body } = await agent(site.url).get(real).set(forged).expect(400);
    expect(body).to.include({ code: 'BAD_REQUEST' });
  });

  it("refuses another session's interaction, also to somebody who has one", async () => {
    const [mine, theirs] = [await beginInteraction(ada), await beginInteraction(new Person(site, 'grace'))];
    await getPage(ada.jar, theirs).expect(400);
    const cookies = cookiesOf(await getPage(ada.jar, mine).expect(303));
    await getPage(agent(site.url), theirs).set('Cookie', cookies).expect(400);
  });

  it('goes on nowhere if the interaction is left out', async () => {
    const { path } = await client.begin();
    const { headers } = await getPage(ada.jar, path).expect(303);
    const uid = String(headers.location).split('/').at(-1);
    expect(await ada.open(`/oidc/auth/${uid}`)).to.match(/^\/auth\/login\?returnTo=%2Finteraction%2F/);
    await ada.typePassword();
    expect(await ada.open(`/oidc/auth/${uid}`)).to.match(/^\/oidc\/auth\//);
  });

  it('goes on nowhere after the password, after a wrong code and without a challenge', async () => {
    const interaction = await beginInteraction(ada);
    await ada.typePassword();
    expect(await ada.open(interaction)).to.match(/^\/auth\/code\?/);
    const wrong = site.transport.lastCode() === '000000' ? '000001' : '000000';
    for (const code of ['', 'undefined', 'null', wrong]) {
      await postForm(ada.jar, '/auth/code', { code }).expect(303);
      expect(await ada.open(interaction)).to.match(/^\/auth\/code\?/);
    }
    await postForm(ada.jar, '/auth/logout').expect(303);
    await postJson(ada.jar, '/auth/code', { code: site.transport.lastCode() }).expect(409);
    expect(await ada.open(interaction)).to.match(/^\/auth\/login\?/);
  });

  it('finishes an interaction once', async () => {
    const { path, finish } = await client.begin();
    const interaction = String((await getPage(ada.jar, path)).headers.location);
    const callback = await ada.signIn(interaction);
    expect(await finish(callback)).to.have.nested.property('claims.acr', 'smpp');
    await getPage(ada.jar, interaction).expect(400);
    const uid = interaction.split('/').at(-1);
    await getPage(ada.jar, `/oidc/auth/${uid}`).redirects(0).expect(400);
    expect(await finish(callback).catch(String))
      .to.be.a('string')
      .that.includes('error');
  });

  it("is worth nothing in another browser: the provider's session without ours", async () => {
    await authorize(ada);
    const cookies = cookiesOf(await getPage(ada.jar, '/oidc/auth'));
    const stolen = cookies.split('; ').filter((cookie) => cookie.startsWith('_session'));
    expect(stolen).to.have.length(2);
    const { path, finish } = await client.begin({ prompt: 'none' });
    const { headers } = await getPage(agent(site.url), path).set('Cookie', stolen.join('; ')).expect(303);
    expect(await finish(String(headers.location))).to.deep.equal({ error: 'login_required' });
  });

  for (const [how, end] of [
    ['a sign-out', () => postForm(ada.jar, '/auth/logout')],
    ['a sign-out everywhere', () => site.otp.signOutEverywhere('id-ada')],
  ] as const) {
    it(`ends with ${how} what the provider remembers`, async () => {
      await authorize(ada);
      expect(await silently(ada)).to.have.property('claims');
      await end();
      expect(await silently(ada)).to.deep.equal({ error: 'login_required' });
      ada.asked.length = 0;
      expect(await authorize(ada)).to.have.nested.property('claims.acr', 'smpp');
      expect(ada.asked).to.deep.equal(['password', 'code']);
    });
  }

  it('leaves the tokens that the provider has issued to a sign-out everywhere, unless the app revokes the grant', async () => {
    const outcome = await authorize(ada);
    if ('error' in outcome) throw new Error(outcome.error);
    const { access, refresh = '' } = outcome.tokens;
    await site.otp.signOutEverywhere('id-ada');
    expect(await client.readPerson(access)).to.equal('id-ada');
    expect(await client.readPerson(await client.refresh(refresh))).to.equal('id-ada');
    const { grantId = '' } = (await site.provider.AccessToken.find(access)) ?? {};
    await (await site.provider.Grant.find(grantId))?.destroy();
    const refused = await Promise.allSettled([client.readPerson(access), client.refresh(refresh)]);
    expect(refused.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
  });

  it('signs out here whoever signs out at the provider', async () => {
    await authorize(ada);
    const { text } = await getPage(ada.jar, `/oidc/session/end?client_id=app&post_logout_redirect_uri=${GOODBYE}`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const post = postForm(ada.jar, '/oidc/session/end/confirm', { xsrf, logout: 'yes' });
    await post.expect(303).expect('Location', GOODBYE);
    expect((await ada.jar.get('/auth/session')).body.stage).to.equal('none');
    expect(await ada.open((await client.begin()).path)).to.match(/^\/auth\/login\?/);
  });

  it('signs nobody out by a form that another site made up, nor if only the client is left', async () => {
    await authorize(ada);
    await postForm(ada.jar, '/oidc/session/end/confirm', { xsrf: 'made-up', logout: 'yes' }).expect(400);
    const { text } = await getPage(ada.jar, '/oidc/session/end?client_id=app');
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    await postForm(ada.jar, '/oidc/session/end/confirm', { xsrf }).expect(303);
    expect((await ada.jar.get('/auth/session')).body.stage).to.equal('verified');
  });

  it('names whoever is there now, not whom the provider remembers', async () => {
    await authorize(ada);
    await postForm(ada.jar, '/auth/logout').expect(303);
    const grace = new Person(site, 'grace', ada.jar);
    const { path, finish } = await client.begin();
    const form = await grace.signIn(path);
    // Its own session is ada's: oidc-provider ends it by a form that the browser posts by itself.
    expect(form).to.match(/^\/oidc\/auth\//);
    const { text } = await getPage(grace.jar, form);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const { headers } = await postForm(grace.jar, '/oidc/session/end/confirm', { xsrf, logout: 'yes' }).expect(303);
    const outcome = await finish(await grace.signIn(String(headers.location).slice(site.url.length)));
    expect(outcome).to.have.nested.property('claims.sub', 'id-grace');
    expect(grace.asked).to.deep.equal(['password', 'code']);
  });

  it("takes no code for prompt=login that was entered in the request's own second", async () => {
    for (let count = 0; count < 3; count += 1) {
      const person = new Person(site);
      await authorize(person);
      expect(await person.open((await client.begin({ prompt: 'login' })).path)).to.match(/^\/auth\/code\?/);
    }
  });

  it('is not fooled by an acr_values beside an essential acr that cannot be reached', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'gold' } } });
    const outcome = await authorize(ada, { acr_values: 'smpp', claims });
    expect(outcome).to.deep.equal({ error: 'unmet_authentication_requirements' });
    expect(ada.asked).to.deep.equal([]);
  });

  it('answers with an error, not in circles, if somebody else is asked for', async () => {
    const claims = JSON.stringify({ id_token: { sub: { value: 'id-grace' } } });
    expect(await authorize(ada, { claims })).to.deep.equal({ error: 'login_required' });
    const grace = await authorize(new Person(site, 'grace'));
    const id_token_hint = 'idToken' in grace ? grace.idToken : '';
    expect(await authorize(ada, { id_token_hint })).to.deep.equal({ error: 'login_required' });
    expect(ada.asked).to.deep.equal(['password', 'code']);
  });

  it('lets nobody past the login by the pages that oidc-provider has for development', async () => {
    const interaction = await beginInteraction(ada);
    await postForm(ada.jar, `/oidc${interaction}`, { prompt: 'login', login: 'id-ada', password: 'x' }).expect(404);
    await postForm(ada.jar, interaction, { prompt: 'login', login: 'id-ada', password: 'x' }).expect(404);
  });
});

describe('an OpenID provider in trouble', () => {
  it('answers 503 while the shared state is down, and signs nobody in', async () => {
    let isDown = false;
    const { memoryState } = await import('../../lib/index.ts');
    const memory = memoryState();
    const site = await startIdentityProvider({
      options: {
        shared: {
          commit: async (steps) => {
            if (isDown) throw new Error('connect ECONNREFUSED');
            return memory.commit(steps);
          },
        },
      },
    });
    try {
      const client = await RelyingParty.of(site.url);
      const ada = new Person(site);
      const { path, finish } = await client.begin();
      expect(await finish(await ada.signIn(path))).to.have.nested.property('claims.acr', 'smpp');
      await site.otp.signOutEverywhere('id-ada');
      isDown = true;
      const interaction = await ada.open((await client.begin()).path);
      expect(interaction).to.match(/^\/interaction\//);
      await getPage(ada.jar, interaction).expect(503);
      isDown = false;
      expect(await ada.open(interaction)).to.match(/^\/auth\/login\?/);
    } finally {
      await site.close();
    }
  });

  it('is a 500 that names the remedy to the operator if smsOtp() does not stand in front of it', async () => {
    const site = await startIdentityProvider({ hasHandler: false });
    try {
      const told: unknown[] = [];
      site.provider.on('server_error', (_ctx, error) => told.push(error.message));
      const { path } = await (await RelyingParty.of(site.url)).begin();
      await getPage(new Person(site).jar, path).expect(500, /server_error/);
      expect(told.join()).to.include('app.use(smsOtp(…))');
    } finally {
      await site.close();
    }
  });

  it('gives no id_token if the two were given different acrs', async () => {
    const site = await startIdentityProvider({ oidc: { acr: 'gold' } });
    try {
      const ada = new Person(site);
      const interaction = await ada.signIn((await (await RelyingParty.of(site.url)).begin()).path);
      const { body } = await ada.jar.get(interaction).expect(500);
      expect(body).to.include({ code: 'MISCONFIGURED' });
    } finally {
      await site.close();
    }
  });
});

/** The cookies that a request carried. */
function cookiesOf(response: object): string {
  return (response as { request: { cookies: string } }).request.cookies;
}
