import { expect } from 'chai';
import { PhoneAdmin } from '../../lib/domain/phone-admin.ts';
import { codeOf, createRig, type Rig } from '../support/rig.ts';

function administration(): Rig & { phones: PhoneAdmin } {
  const rig = createRig({ defaultCountry: 'SE' });
  return { ...rig, phones: new PhoneAdmin({ ...rig, defaultCountry: 'SE' }) };
}

describe('the administration of numbers', () => {
  it('adds, lists and removes, in E.164', async () => {
    const { phones } = administration();
    await phones.add('id-alan', '070-174 06 99');
    expect(await phones.list('id-alan')).to.deep.equal(['+46701740699']);
    await phones.remove('id-alan', '+46 70 174 06 99');
    expect(await phones.list('id-alan')).to.deep.equal([]);
  });

  it('removes every spelling of a number', async () => {
    const { phones, people } = administration();
    people.change('id-ada', { phoneNumbers: ['070-174 06 05', '+46701740605', '+46701740606'] });
    await phones.remove('id-ada', '+46701740605');
    expect(await phones.list('id-ada')).to.deep.equal(['+46701740606']);
  });

  it('says what is wrong', async () => {
    const { phones, people } = administration();
    expect(await codeOf(phones.list('nobody'))).to.equal('CONFLICT');
    expect(await codeOf(phones.add('id-ada', 'TRUE'))).to.equal('PHONE_NOT_ACCEPTED');
    expect(await codeOf(phones.add('id-ada', '070-1740605'))).to.equal('CONFLICT');
    expect(await codeOf(phones.remove('id-ada', '+46701740699'))).to.equal('CONFLICT');
    const rig = createRig({
      userStore: {
        findUser: (key) => people.findUser(key),
        checkPassword: async () => true,
        changePhoneNumbers: async () => 'conflict',
      },
    });
    const others = new PhoneAdmin({ ...rig, defaultCountry: undefined });
    expect(await codeOf(others.add('id-ada', '+46701740699'))).to.equal('CONFLICT');
  });

  it('is a 503 where the store cannot change numbers, or cannot be asked', async () => {
    const { people } = administration();
    const rig = createRig({ userStore: { findUser: (key) => people.findUser(key), checkPassword: async () => true } });
    const phones = new PhoneAdmin({ ...rig, defaultCountry: undefined });
    expect(await codeOf(phones.add('id-ada', '+46701740699'))).to.equal('DIRECTORY_UNAVAILABLE');
  });

  it('ends the grants of whoever had the number', async () => {
    const { phones, grants } = administration();
    const id = await grants.give({ id: 'id-ada', username: 'ada', phoneNumbers: [] }, { amr: [] });
    await phones.add('id-ada', '+46701740699');
    expect(await grants.findNow(id)).to.equal(undefined);
  });
});
