import { expect } from 'chai';
import { errors } from 'oidc-provider';
import { asksForAcr } from '../../lib/oidc/acr.ts';

const ASKING: readonly object[] = [
  { acr_values: 'smpp' },
  { acr_values: 'gold smpp' },
  { acr_values: ' smpp  gold ' },
  { claims: { id_token: { acr: { value: 'smpp' } } } },
  { claims: { id_token: { acr: { values: ['gold', 'smpp'] } } } },
  { claims: { id_token: { acr: { essential: true, value: 'smpp' } } } },
  { claims: { id_token: { acr: { essential: true } } } },
  { acr_values: 'smpp', claims: { id_token: { acr: { essential: true, values: ['smpp'] } } } },
];

const SILENT: readonly object[] = [
  {},
  { acr_values: '' },
  { acr_values: ' ' },
  { acr_values: undefined },
  { claims: { id_token: {} } },
  { claims: { id_token: { acr: null } } },
  { claims: { id_token: { acr: {} } } },
  { claims: { id_token: { acr: { essential: false } } } },
  { claims: { id_token: { auth_time: { essential: true } } } },
  { claims: { userinfo: { name: null } } },
];

const UNMET: readonly object[] = [
  { acr_values: 'gold' },
  { acr_values: 'SMPP' },
  { acr_values: 'smpp2' },
  { claims: { id_token: { acr: { value: 'gold' } } } },
  { claims: { id_token: { acr: { values: [] } } } },
  { claims: { id_token: { acr: { essential: true, values: ['gold'] } } } },
  { claims: { id_token: { acr: { value: 'smpp', values: ['gold'] } } } },
  { acr_values: 'smpp', claims: { id_token: { acr: { essential: true, value: 'gold' } } } },
  { acr_values: 'gold', claims: { id_token: { acr: { essential: true, value: 'smpp' } } } },
];

const MALFORMED: readonly object[] = [
  { claims: { id_token: { acr: 'smpp' } } },
  { claims: { id_token: { acr: { values: 'smpp' } } } },
  { claims: { id_token: { acr: { value: 1 } } } },
  { claims: { id_token: { acr: { essential: 'true' } } } },
];

describe('what an authorization request asks for', () => {
  for (const request of ASKING) {
    it(`is our acr: ${JSON.stringify(request)}`, () => expect(asks(request)).to.equal(true));
  }
  for (const request of SILENT) {
    it(`is no acr: ${JSON.stringify(request)}`, () => expect(asks(request)).to.equal(false));
  }
  for (const request of UNMET) {
    it(`cannot be reached: ${JSON.stringify(request)}`, () => {
      expect(() => asks(request)).to.throw(errors.UnmetAuthenticationRequirements);
    });
  }
  for (const request of MALFORMED) {
    it(`is not understood: ${JSON.stringify(request)}`, () => {
      expect(() => asks(request)).to.throw(errors.InvalidRequest);
    });
  }
});

function asks({ claims, ...params }: { readonly claims?: object }): boolean {
  return asksForAcr(claims === undefined ? params : { ...params, claims: JSON.stringify(claims) }, 'smpp');
}
