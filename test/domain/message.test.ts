import { expect } from 'chai';
import { countSegments } from '../../lib/domain/gsm.ts';
import { composeNotice, composeSms } from '../../lib/domain/message.ts';
import { en } from '../../lib/locales/en.ts';

const FACTS = { appName: 'Example', code: '012345', minutes: 5, host: 'app.example.org' };

describe('the SMS', () => {
  for (const purpose of ['sign-in', 'step-up', 'enroll', 'change'] as const) {
    const text = en.sms[purpose];

    it(`for ${purpose} says whose it is, what for, the code, its life, and not to share it`, () => {
      const sms = composeSms(text, FACTS);
      expect(sms)
        .to.include('Example')
        .and.include('012345')
        .and.include('5 min')
        .and.match(/Do not share it/);
      expect(countSegments(sms)).to.equal(1);
    });

    it(`for ${purpose} ends in the line that binds the code to the site`, () => {
      const lines = composeSms(text, FACTS).split('\n');
      expect(lines.at(-1)).to.equal('@app.example.org #012345');
      expect(lines.slice(0, -1).join()).to.not.include('@');
    });

    it(`for ${purpose} is the short one if the other does not fit into one segment`, () => {
      const sms = composeSms(text, {
        ...FACTS,
        appName: 'A'.repeat(40),
        host: `${'h'.repeat(32)}.example`,
        code: '01234567',
      });
      expect(sms).to.include('01234567').and.not.include('5 min');
      expect(countSegments(sms)).to.equal(1);
    });
  }

  for (const notice of ['numberAdded', 'numberRemoved'] as const) {
    it(`of ${notice} says whose it is and what to do, in one segment, and has no code`, () => {
      expect(composeNotice(en.sms[notice], 'Example'))
        .to.include('at Example')
        .and.match(/administrator/);
      const long = composeNotice(en.sms[notice], 'A'.repeat(40));
      expect(countSegments(long)).to.equal(1);
      expect(long)
        .to.include('A'.repeat(40))
        .and.not.match(/[{}\d]/);
    });
  }

  it('has no such line if no origin is known', () => {
    expect(composeSms(en.sms['sign-in'], { ...FACTS, host: undefined })).to.not.include('@');
  });

  it('fills in nothing twice', () => {
    const text = { full: '{app}: {code} {other}', short: '{code}' };
    expect(composeSms(text, { ...FACTS, appName: '{code}', host: undefined })).to.equal('{code}: 012345 {other}');
  });
});
