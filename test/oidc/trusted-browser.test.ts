import { expect } from 'chai';
import { getPage, postForm } from '../support/app.ts';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.ts';
import { Person } from './person.ts';
import { type Outcome, RelyingParty } from './relying-party.ts';

const SMPP = { acr_values: 'smpp' };

describe('somebody in a trusted browser, at an OpenID provider', () => {
  let site: IdentityProvider;
  let client: RelyingParty;
  let ada: Person;

  beforeEach(async () => {
    site = await startIdentityProvider({ options: { trustBrowser: {} } });
    client = await RelyingParty.of(site.url);
    ada = new Person(site);
    await ada.typePassword();
    await ada.typeCode({ trustBrowser: 'true' });
    await postForm(ada.jar, '/auth/logout').expect(303);
    ada.asked.length = 0;
  });
  afterEach(() => site.close());

  async function authorize(parameters: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { path, finish } = await client.begin(parameters);
    return finish(await ada.signIn(path));
  }

  it('signs in by the password, without an acr, if the client asks for none', async () => {
    const outcome = await authorize();
    expect(outcome).to.have.nested.property('claims.sub', 'id-ada');
    expect(outcome).to.have.nested.property('claims.amr').that.deep.equals(['pwd', 'trusted-browser']);
    expect(outcome).to.not.have.nested.property('claims.acr');
    expect(ada.asked).to.deep.equal(['password']);
  });

  it('is asked for a code by SMS for acr_values=smpp, which then is satisfied', async () => {
    const outcome = await authorize(SMPP);
    expect(outcome).to.deep.nested.include({ 'claims.acr': 'smpp', 'claims.amr': ['pwd', 'sms', 'otp', 'mfa'] });
    expect(ada.asked).to.deep.equal(['password', 'code']);
    ada.asked.length = 0;
    expect(await authorize(SMPP)).to.have.nested.property('claims.acr', 'smpp');
    expect(ada.asked).to.deep.equal([]);
  });

  it('is asked for it, too, if the provider has signed them in without one before', async () => {
    await authorize();
    const { path, finish } = await client.begin({ ...SMPP, prompt: 'none' });
    expect(await finish(await ada.open(path))).to.deep.equal({ error: 'login_required' });
    ada.asked.length = 0;
    expect(await authorize(SMPP)).to.have.nested.property('claims.acr', 'smpp');
    expect(ada.asked).to.deep.equal(['code']);
  });

  it('is asked for it again after a sign-out, whatever acr the provider remembers', async () => {
    await authorize(SMPP);
    await postForm(ada.jar, '/auth/logout').expect(303);
    ada.asked.length = 0;
    expect(await authorize()).to.not.have.nested.property('claims.acr');
    expect(ada.asked).to.deep.equal(['password']);
    expect(await authorize(SMPP)).to.have.nested.property('claims.acr', 'smpp');
    expect(ada.asked).to.deep.equal(['password', 'code']);
  });

  for (const parameters of [{ prompt: 'login' }, { max_age: '0' }]) {
    it(`is asked for a code, and not in circles, for a new sign-in: ${Object.keys(parameters)}`, async () => {
      await authorize();
      ada.asked.length = 0;
      expect(await authorize(parameters)).to.have.nested.property('claims.acr', 'smpp');
      expect(ada.asked).to.deep.equal(['code']);
    });
  }

  it('goes on nowhere by the interaction until the code is entered', async () => {
    const { path } = await client.begin(SMPP);
    const interaction = String((await getPage(ada.jar, path).expect(303)).headers.location);
    await ada.typePassword();
    const { body } = await ada.jar.get(interaction).expect(401);
    expect(body).to.deep.include({ code: 'SMS_OTP_REQUIRED', stage: 'verified' });
    for (let times = 0; times < 3; times++) expect(await ada.open(interaction)).to.match(/^\/auth\/code\?/);
  });
});
