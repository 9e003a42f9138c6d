import { expect } from 'chai';
import { newAccount, readAccount, withLock, writeAccount } from '../../lib/domain/account.ts';

describe('an account', () => {
  it('is read as it was written', () => {
    const account = withLock(withLock(newAccount(), ''), 'browser-1');
    const raw = writeAccount(account);
    expect(readAccount(raw)).to.deep.equal({ ...account, raw });
  });

  it('is absent if nothing is there, or nothing that is an account', () => {
    for (const raw of [undefined, '', ' ']) expect(readAccount(raw)).to.equal(undefined);
  });

  it('holds each lock once', () => {
    const { locks } = ['', 'a', 'b', 'a', ''].reduce(withLock, newAccount());
    expect(locks).to.deep.equal(['', 'b', 'a']);
  });

  it('lets the oldest lock of a known browser make room, and keeps that of all others', () => {
    const browsers = Array.from({ length: 60 }, (_, index) => `browser-${index}`);
    const { locks } = ['', ...browsers].reduce(withLock, newAccount());
    expect(locks).to.have.lengthOf(50);
    expect([locks[0], locks.at(1), locks.at(-1)]).to.deep.equal(['', 'browser-11', 'browser-59']);
  });
});
