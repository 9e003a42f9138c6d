import { expect } from 'chai';
import { getPage, postJson } from '../support/app.ts';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.ts';
import { Person } from './person.ts';
import { RelyingParty } from './relying-party.ts';

describe('an interaction', () => {
  let site: IdentityProvider;
  let ada: Person;
  let interaction: string;

  beforeEach(async () => {
    site = await startIdentityProvider();
    ada = new Person(site);
    const { path } = await (await RelyingParty.of(site.url)).begin();
    interaction = String((await getPage(ada.jar, path).expect(303)).headers.location);
  });
  afterEach(() => site.close());

  it('tells a program what is missing, and where; then leads it on', async () => {
    const first = await ada.jar.get(interaction).expect(401);
    expect(first.body).to.include({ code: 'SIGN_IN_REQUIRED', stage: 'none' });
    await postJson(ada.jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
    expect((await ada.jar.get(interaction).expect(401)).body).to.include({ code: 'SMS_OTP_REQUIRED', stage: 'code' });
    await postJson(ada.jar, '/auth/code', { code: site.transport.lastCode() }).expect(200);
    const last = await ada.jar.get(interaction).redirects(0).expect(303);
    expect(last.headers.location).to.equal(`${site.url}/oidc/auth/${interaction.split('/').at(-1)}`);
  });

  it('leads a browser on by a page that nothing may keep, frame or change', async () => {
    await ada.typePassword();
    await ada.typeCode();
    const { headers, text } = await getPage(ada.jar, interaction).expect(200);
    expect(headers).to.include({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' });
    expect(headers['content-security-policy']).to.match(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(text).to.include(`content="0; url=${site.url}/oidc/auth/`);
  });

  it('is left to the app by any method but GET', async () => {
    await ada.jar.post(interaction).expect(404);
    await ada.jar.head(interaction).expect(404);
  });
});
