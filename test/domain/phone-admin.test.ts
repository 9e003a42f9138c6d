import { expect } from 'chai';
import { codeOf, createRig } from '../support/rig.ts';

const SWEDISH = { defaultCountry: 'SE' } as const;

describe('the administration of numbers', () => {
  it('adds, lists and removes, in E.164', async () => {
    const { phones } = createRig(SWEDISH);
    await phones.add('id-alan', '070-174 06 99');
    expect(await phones.list('id-alan')).to.deep.equal(['+46701740699']);
    await phones.remove('id-alan', '+46 70 174 06 99');
    expect(await phones.list('id-alan')).to.deep.equal([]);
  });

  it('removes every spelling of a number', async () => {
    const { phones, people } = createRig(SWEDISH);
    people.change('id-ada', { phoneNumbers: ['070-174 06 05', '+46701740605', '+46701740606'] });
    await phones.remove('id-ada', '+46701740605');
    expect(await phones.list('id-ada')).to.deep.equal(['+46701740606']);
  });

  it('says what is wrong', async () => {
    const { phones, people } = createRig(SWEDISH);
    expect(await codeOf(phones.list('nobody'))).to.equal('CONFLICT');
    expect(await codeOf(phones.add('id-ada', 'TRUE'))).to.equal('PHONE_NOT_ACCEPTED');
    expect(await codeOf(phones.add('id-ada', '070-1740605'))).to.equal('CONFLICT');
    expect(await codeOf(phones.remove('id-ada', '+46701740699'))).to.equal('CONFLICT');
    const others = createRig({
      userStore: {
        findUser: (key) => people.findUser(key),
        checkPassword: async () => true,
        changePhoneNumbers: async () => 'conflict',
      },
    });
    expect(await codeOf(others.phones.add('id-ada', '+46701740699'))).to.equal('CONFLICT');
  });

  it('is a 503 if the store cannot change numbers, or cannot be asked', async () => {
    const { people } = createRig();
    const userStore = {
      findUser: people.findUser.bind(people),
      checkPassword: async () => true,
    };
    const { phones } = createRig({ userStore });
    expect(await codeOf(phones.add('id-ada', '+46701740699'))).to.equal('DIRECTORY_UNAVAILABLE');
    people.isDown = true;
    expect(await codeOf(phones.add('id-ada', '+46701740699'))).to.equal('DIRECTORY_UNAVAILABLE');
  });

  it('ends the sign-ins of whoever had the number, pending ones, too', async () => {
    const { phones, signedIn, loggedIn } = createRig();
    const [inside, pending] = [await signedIn(), await loggedIn()];
    await phones.add('id-ada', '+46701740699');
    expect([(await inside.look()).stage, (await pending.look()).stage]).to.deep.equal(['none', 'none']);
  });

  it('ends them before the store is asked: a process that dies in between leaves none', async () => {
    const { phones, signedIn, people } = createRig();
    const inside = await signedIn();
    const { changePhoneNumbers } = people;
    const seen: string[] = [];
    people.changePhoneNumbers = async (...args) => {
      seen.push((await inside.look()).stage);
      return changePhoneNumbers.apply(people, args);
    };
    await phones.add('id-ada', '+46701740699');
    expect(seen).to.deep.equal(['none']);
  });

  it('ends nothing by a change that was refused for good', async () => {
    const { phones, signedIn } = createRig();
    const inside = await signedIn();
    expect(await codeOf(phones.add('id-ada', '+46701740605'))).to.equal('CONFLICT');
    expect((await inside.look()).stage).to.equal('verified');
  });

  it('runs alone: of two that would remove a number at once one is a conflict', async () => {
    const rig = createRig();
    const outcomes = await Promise.all(
      ['+46701740606', '+46701740607'].map((number) => codeOf(rig.phones.remove('id-grace', number))),
    );
    expect([...outcomes].sort()).to.deep.equal(['CONFLICT', undefined]);
  });
});
