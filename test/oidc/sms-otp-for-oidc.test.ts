import { expect } from 'chai';
import { type Configuration, interactionPolicy } from 'oidc-provider';
import { type SmsOtpForOidcOptions, smsOtpForOidc } from '../../lib/oidc/index.ts';
import { testApp } from '../support/app.ts';
import { problemsIn } from '../support/problems.ts';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.ts';
import { RelyingParty } from './relying-party.ts';

const { otp } = testApp();
const COOKIES: Configuration = { cookies: { keys: ['a key'] } };

describe('the options of smsOtpForOidc()', () => {
  it('are refused all at once, and without their values', () => {
    const options = { acr: '', clients: 'some', accountId: 'uid', allowed: true } as unknown as SmsOtpForOidcOptions;
    expect(problemsIn(() => smsOtpForOidc(otp, options))).to.deep.equal([
      'smsOtpForOidc.acr: must not be empty',
      "smsOtpForOidc.clients: must be 'all' or 'asking'",
      'smsOtpForOidc.accountId: must be a function',
      'smsOtpForOidc.allowed: there is no such option',
    ]);
  });
});

describe("the provider's configuration", () => {
  const configure = (configuration: Configuration) => smsOtpForOidc(otp).configure(configuration);

  it('needs keys for its cookies, a login, and no acr that cannot be reached', () => {
    const policy = interactionPolicy.base();
    policy.remove('login');
    const configuration = { acrValues: ['smpp', 'gold'], cookies: { keys: [] }, interactions: { policy } };
    expect(problemsIn(() => configure(configuration))).to.deep.equal([
      'acrValues: only the acr of smsOtp() can be reached',
      'cookies.keys: oidc-provider needs keys to sign its cookies with',
      'interactions.policy: the prompt "login" is missing',
    ]);
  });

  it('keeps all else that the app has configured', () => {
    const url = () => '/my/interaction';
    const app: Configuration = {
      ...COOKIES,
      claims: { openid: ['sub', 'name'], profile: ['locale'] },
      features: { revocation: { enabled: true } },
      interactions: { url },
      scopes: ['openid', 'profile'],
    };
    const copy = structuredClone({ ...app, interactions: {} });
    const configured = configure(app);
    expect(configured).to.deep.include({ scopes: ['openid', 'profile'], acrValues: ['smpp'] });
    expect(configured.claims).to.deep.equal({
      openid: ['sub', 'name', 'acr', 'amr', 'auth_time'],
      profile: ['locale'],
    });
    expect(configured.features).to.deep.include({ revocation: { enabled: true } });
    expect(configured.interactions?.url).to.equal(url);
    expect({ ...app, interactions: {} }).to.deep.equal(copy);
  });

  it("adds its check to the app's own policy", () => {
    const policy = interactionPolicy.base();
    policy.remove('consent');
    const { interactions } = configure({ ...COOKIES, interactions: { policy } });
    expect(interactions?.policy?.map(({ name }) => name)).to.deep.equal(['login']);
    expect(policy.get('login')?.checks.get('sms_otp')).to.be.an('object');
  });

  it('does not sign in whoever types a name, even if the app asks for that', () => {
    const { features } = configure({ ...COOKIES, features: { devInteractions: { enabled: true } } });
    expect(features?.devInteractions).to.deep.equal({ enabled: false });
  });
});

describe('discovery', () => {
  let site: IdentityProvider;

  before(async () => {
    site = await startIdentityProvider({ options: { acr: 'urn:example:sms' }, oidc: { acr: 'urn:example:sms' } });
  });
  after(() => site.close());

  it('names the acr and the claims', async () => {
    const { metadata } = await RelyingParty.of(site.url);
    expect(metadata.acr_values_supported).to.deep.equal(['urn:example:sms']);
    expect(metadata.claims_supported).to.include.members(['acr', 'amr', 'auth_time']);
    expect(metadata.claims_parameter_supported).to.equal(true);
  });
});
