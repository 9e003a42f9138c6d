import { expect } from 'chai';
import { readConfig } from '../lib/config.ts';
import type { SmsOtpOptions } from '../lib/index.ts';
import { en } from '../lib/locales/en.ts';
import { createSmsWriter, type SmsWriter } from '../lib/sms-text.ts';
import { People } from './support/people.ts';
import { RecordingTransport } from './support/recording-transport.ts';
import { SECRET } from './support/rig.ts';

function writer(options: Partial<SmsOtpOptions>): { write: SmsWriter['code']; warnings: readonly string[] } {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  const needed = { secret: SECRET, userStore: new People(), transport: new RecordingTransport(), logger };
  return { write: createSmsWriter(readConfig({ ...needed, ...options }), en.sms).code, warnings };
}

describe('the words of the SMS', () => {
  it('are of the purpose, and bind the code to the host of the origin, without its port', () => {
    const { write, warnings } = writer({ origin: 'https://app.example:8443', appName: 'Example' });
    expect(write('step-up', '012345', 300)).to.equal(
      'Your code to confirm an action at Example is 012345. It is valid for 5 min. Do not share it with anyone.' +
        '\n\n@app.example #012345',
    );
    expect(warnings).to.deep.equal([]);
  });

  it('never promise a longer life than the code has, but at least a minute', () => {
    const { write } = writer({ origin: 'https://app.example' });
    for (const [secondsLeft, minutes] of [
      [600, 10],
      [299, 4],
      [151, 2],
      [60, 1],
      [30, 1],
    ] as const) {
      expect(write('sign-in', '012345', secondsLeft)).to.include(`valid for ${minutes} min`);
    }
  });

  it('are warned of once where they bind the code to no site', () => {
    const { write, warnings } = writer({});
    expect(write('sign-in', '012345', 300)).to.not.include('@');
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('origin');
  });

  it('are warned of once where even the short ones need two SMS', () => {
    const { warnings } = writer({ origin: 'https://app.example', appName: 'я'.repeat(40) });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('takes 2');
  });
});
