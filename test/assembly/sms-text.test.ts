import { expect } from 'chai';
import { createSmsWriter, type SmsWriter } from '../../lib/assembly/sms-text.ts';
import { readConfig } from '../../lib/config.ts';
import type { Purpose, SmsOtpOptions } from '../../lib/index.ts';
import { createLanguages } from '../../lib/locales/own-languages.ts';
import { People } from '../support/people.ts';
import { RecordingTransport } from '../support/recording-transport.ts';
import { SECRET } from '../support/rig.ts';

const SWEDISH = '+46701740605';

interface Written {
  readonly write: SmsWriter;
  readonly warnings: readonly string[];
  /** In English. */
  code(purpose: Purpose, secondsLeft: number): string;
}

function writer(options: Partial<SmsOtpOptions>): Written {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  const needed = { secret: SECRET, userStore: new People(), transport: new RecordingTransport(), logger };
  const config = readConfig({ ...needed, ...options });
  const write = createSmsWriter(config, createLanguages(config));
  const written = (purpose: Purpose, secondsLeft: number) => ({
    purpose,
    number: SWEDISH,
    code: '012345',
    secondsLeft,
  });
  return { write, warnings, code: (purpose, secondsLeft) => write.code(written(purpose, secondsLeft), []).text };
}

describe('the words of the SMS', () => {
  it('are of the purpose, and bind the code to the host of the origin, without its port', () => {
    const { code, warnings } = writer({ origin: 'https://app.example:8443', appName: 'Example' });
    expect(code('step-up', 300)).to.equal(
      'Your code to confirm an action at Example is 012345. It is valid for 5 min. Do not share it with anyone.' +
        '\n\n@app.example #012345',
    );
    expect(warnings).to.deep.equal([]);
  });

  it('never promise a longer life than the code has, but at least a minute', () => {
    const { code } = writer({ origin: 'https://app.example' });
    for (const [secondsLeft, minutes] of [
      [600, 10],
      [299, 4],
      [151, 2],
      [60, 1],
      [30, 1],
    ] as const) {
      expect(code('sign-in', secondsLeft)).to.include(`valid for ${minutes} min`);
    }
  });

  it('are warned of once where they bind the code to no site', () => {
    const { code, warnings } = writer({ appName: 'Example' });
    expect(code('sign-in', 300)).to.not.include('@');
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('origin');
  });

  it('are in the first language that is wished and there', () => {
    const { write } = writer({ origin: 'https://app.example', appName: 'Example' });
    const signIn = { purpose: 'sign-in', number: SWEDISH, code: '012345', secondsLeft: 300 } as const;
    expect(write.code(signIn, ['pt', 'sv-SE', 'de']).text).to.match(/^Din kod .* Example är 012345/);
    expect(write.notice('numberAdded', SWEDISH, ['de-AT']).text).to.match(/^Ihrem Konto bei Example wurde/);
    expect(write.notice('numberRemoved', SWEDISH, ['tlh']).text).to.match(/^A phone number was removed/);
  });

  it('are warned of once, with the languages in which even the short ones need two SMS', () => {
    const latin = writer({ origin: 'https://app.example.org', appName: 'A'.repeat(40) });
    expect(latin.warnings).to.have.length(1);
    expect(latin.warnings[0]).to.include('more than one segment in ar (2).');
    const cyrillic = writer({ origin: 'https://app.example.org', appName: 'я'.repeat(40) });
    expect(cyrillic.warnings).to.have.length(1);
    for (const tag of ['en', 'de', 'fr', 'es', 'sv', 'ar']) expect(cyrillic.warnings[0]).to.include(`${tag} (`);
  });

  it('are warned of where it is an own text that is too long', () => {
    const own = { sms: { 'sign-in': { short: `{code} ${'x'.repeat(200)}`, full: `{code} ${'x'.repeat(200)}` } } };
    const { warnings } = writer({ origin: 'https://app.example', appName: 'Example', messages: { sv: own } });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('in sv (2).');
  });
});
