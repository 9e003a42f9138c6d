import { expect } from 'chai';
import { newChallenge } from '../../lib/domain/challenge.ts';
import { decodeRecord, encodeRecord, newRecord, stageOf, withChallenge } from '../../lib/domain/sign-in-record.ts';

describe('a record as it is stored', () => {
  const policy = { codeLength: 6, codeTtlSeconds: 300, resendAfterSeconds: [30] } as const;
  const facts = {
    subject: 'ada',
    epoch: 'e',
    amr: ['pwd'],
    browser: 'b',
    returnTo: '/s',
    locale: 'sv',
    shown: ['+46701740605'],
  };
  const record = newRecord(facts, 1_000);
  const challenge = newChallenge(
    { purpose: 'sign-in', number: '+46701740605', change: undefined },
    policy,
    'secret',
    1_000,
  );
  const grant = { username: 'ada', amr: ['pwd'], authTime: 1, by: 'code' } as const;
  const stored = (value: object): object => JSON.parse(JSON.stringify(value));

  it('is read as it was written', () => {
    for (const one of [record, withChallenge(record, challenge), { ...record, grant, isSignedOut: true }])
      expect(stored(decodeRecord(encodeRecord(one)) ?? {})).to.deep.equal(stored(one));
  });

  it('has short names only for facts that each record has', () => {
    const text = encodeRecord(withChallenge(record, challenge));
    expect(text).to.not.match(/"[a-zA-Z]{2,}":(?!\[)/);
    expect(text.length).to.be.below(330);
  });

  it('is done by a code, and by what stands in place of one, but not by an exemption', () => {
    for (const by of ['code', 'trustedBrowser', 'helpCode', 'recoveryCode'] as const) {
      expect(stageOf({ ...record, grant: { ...grant, by } }, 1_000)).to.equal('verified');
    }
    expect(stageOf({ ...record, grant: { ...grant, by: 'exempt' } }, 1_000)).to.equal('send');
  });

  it('is no record if it is anything else', () => {
    expect(decodeRecord('{"movedTo":"id"}')).to.equal(undefined);
  });
});
