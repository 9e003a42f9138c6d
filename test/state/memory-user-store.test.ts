import { expect } from 'chai';
import { MemoryUserStore } from '../../lib/state/memory-user-store.ts';

const PEOPLE = [
  { username: 'ada', password: 'lovelace', phoneNumbers: ['+46701740605'] },
  { id: '2', username: 'grace', password: 'höpper 🔑', phoneNumbers: [] },
];

describe('MemoryUserStore', () => {
  it('finds by name and by id, and gives no password away', async () => {
    const store = new MemoryUserStore(PEOPLE);
    const ada = { id: 'ada', username: 'ada', phoneNumbers: ['+46701740605'] };
    expect(await store.findUser({ username: 'ada' })).to.deep.equal(ada);
    expect(await store.findUser({ id: 'ada' })).to.deep.equal(ada);
    expect((await store.findUser({ id: '2' }))?.username).to.equal('grace');
    expect(await store.findUser({ username: 'eve' })).to.equal(undefined);
  });

  it('knows the right password from any other', async () => {
    const store = new MemoryUserStore(PEOPLE);
    const grace = { id: '2', username: 'grace', phoneNumbers: [] };
    expect(await store.checkPassword(grace, 'höpper 🔑')).to.equal(true);
    for (const password of ['', 'hopper', 'höpper 🔑 ', 'lovelace']) {
      expect(await store.checkPassword(grace, password), password).to.equal(false);
    }
    expect(await store.checkPassword({ ...grace, id: 'eve' }, 'höpper 🔑')).to.equal(false);
  });

  it('changes numbers against what is there', async () => {
    const store = new MemoryUserStore(PEOPLE);
    const ada = { id: 'ada', username: 'ada', phoneNumbers: [] };
    expect(await store.changePhoneNumbers(ada, { add: '+46701740606' })).to.equal('done');
    expect(await store.changePhoneNumbers(ada, { add: '+46701740606' })).to.equal('conflict');
    expect(await store.changePhoneNumbers(ada, { remove: '+46701740605' })).to.equal('done');
    expect(await store.changePhoneNumbers(ada, { remove: '+46701740605' })).to.equal('conflict');
    expect((await store.findUser({ id: 'ada' }))?.phoneNumbers).to.deep.equal(['+46701740606']);
    expect(await store.changePhoneNumbers({ ...ada, id: 'eve' }, { add: '+46701740606' })).to.equal('conflict');
  });

  it('lists everybody', async () => {
    const names: string[] = [];
    for await (const { username } of new MemoryUserStore(PEOPLE).users()) names.push(username);
    expect(names).to.deep.equal(['ada', 'grace']);
  });

  it('refuses two people who share an id or a name', () => {
    expect(
      () => new MemoryUserStore([...PEOPLE, { id: '3', username: 'ada', password: 'x', phoneNumbers: [] }]),
    ).to.throw();
    expect(
      () => new MemoryUserStore([...PEOPLE, { id: '2', username: 'eve', password: 'x', phoneNumbers: [] }]),
    ).to.throw();
  });
});
