import { expect } from 'chai';
import { type IdentityProvider, type IdentityProviderSetup, startIdentityProvider } from './identity-provider.ts';
import { Person } from './person.ts';
import { type Outcome, RelyingParty } from './relying-party.ts';

const ESSENTIAL = JSON.stringify({ id_token: { acr: { essential: true } } });
describe('people at an OpenID provider', () => {
  let site: IdentityProvider;

  async function start(setup: IdentityProviderSetup): Promise<void> {
    site = await startIdentityProvider(setup);
  }
  afterEach(() => site.close());

  async function authorize(person: Person, parameters: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { path, finish } = await (await RelyingParty.of(site.url)).begin(parameters);
    return finish(await person.signIn(path));
  }

  describe('people who are exempt from the code', () => {
    beforeEach(() => start({ options: { requiredFor: ({ username }) => username !== 'ada' } }));

    it('sign in without an acr, and it stays so', async () => {
      const ada = new Person(site);
      for (const parameters of [{}, {}, { prompt: 'none' }, { max_age: '60' }]) {
        const outcome = await authorize(ada, parameters);
        expect(outcome).to.have.nested.property('claims.sub', 'id-ada');
        expect(outcome).to.have.deep.nested.property('claims.amr', ['pwd']);
        expect(outcome).to.not.have.nested.property('claims.acr');
      }
      expect(ada.asked).to.deep.equal(['password']);
    });

    for (const parameters of [{ acr_values: 'smpp' }, { claims: ESSENTIAL }]) {
      it(`are refused if the acr is asked for: ${JSON.stringify(parameters)}`, async () => {
        const ada = new Person(site);
        const unmet = { error: 'unmet_authentication_requirements' };
        expect(await authorize(ada, parameters)).to.deep.equal(unmet);
        expect(await authorize(ada, parameters)).to.deep.equal(unmet);
        expect(await authorize(ada, { ...parameters, prompt: 'none' })).to.deep.equal({ error: 'login_required' });
        expect(ada.asked).to.deep.equal(['password']);
        expect(site.transport.messages).to.deep.equal([]);
      });
    }

    it('are told to sign in anew if that is asked for', async () => {
      const ada = new Person(site);
      site.setClock(-120);
      await authorize(ada);
      site.setClock(0);
      for (const parameters of [{ prompt: 'login' }, { max_age: '60' }, { max_age: '0' }]) {
        expect(await authorize(ada, parameters)).to.deep.equal({ error: 'login_required' });
      }
    });

    it('have the acr after a code of their own will', async () => {
      const ada = new Person(site);
      await authorize(ada);
      await ada.jar.post('/auth/code/send').expect(200);
      await ada.typeCode();
      expect(await authorize(ada, { acr_values: 'smpp' })).to.have.nested.property('claims.acr', 'smpp');
    });

    it('are nobody else', async () => {
      expect(await authorize(new Person(site, 'grace'))).to.have.nested.property('claims.acr', 'smpp');
    });
  });

  describe('somebody with several numbers', () => {
    it('chooses one, also for a fresh code', async () => {
      await start({});
      const grace = new Person(site, 'grace');
      site.setClock(-120);
      expect(await authorize(grace)).to.have.nested.property('claims.acr', 'smpp');
      site.setClock(0);
      expect(await authorize(grace, { prompt: 'login' })).to.have.nested.property('claims.acr', 'smpp');
      expect(grace.asked).to.deep.equal(['password', 'code', 'code']);
    });
  });

  describe('the account of a user', () => {
    it('is what the app says', async () => {
      await start({ oidc: { accountId: ({ username }) => username } });
      const ada = new Person(site);
      expect(await authorize(ada)).to.have.nested.property('claims.sub', 'ada');
      expect(await authorize(ada, { prompt: 'none' })).to.have.nested.property('claims.sub', 'ada');
      expect(ada.asked).to.deep.equal(['password', 'code']);
    });
  });
});
