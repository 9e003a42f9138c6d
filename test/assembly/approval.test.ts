import { expect } from 'chai';
import { approveSend } from '../../lib/assembly/approval.ts';
import type { SmsOtpOptions } from '../../lib/options.ts';
import { ADA, codeOf, createRig, refusalOf } from '../support/rig.ts';

type BeforeSend = NonNullable<SmsOtpOptions['beforeSend']>;

const ORDER = {
  user: ADA,
  number: '+46701740605',
  purpose: 'sign-in',
  signIn: 'sign-in 1',
  challengeId: undefined,
  payer: { subject: 'id-ada', browser: '', unlocked: '' },
  languages: [],
  ip: '192.0.2.1',
  addressBlock: '192.0.2.1',
} as const;

function fails(): never {
  throw new Error('secret reason');
}

describe('the approval of a send', () => {
  it('is not needed where the app has no say', async () => {
    await approveSend(undefined)(ORDER);
  });

  it('is told who, where to, what for and from where, and nothing more', async () => {
    const asked: unknown[] = [];
    await approveSend((request) => void asked.push(request))(ORDER);
    expect(asked).to.deep.equal([{ user: ADA, to: '+46701740605', purpose: 'sign-in', ip: '192.0.2.1' }]);
  });

  for (const verdict of [undefined, true]) {
    it(`is given by ${verdict}, now or later`, async () => {
      await approveSend(() => verdict)(ORDER);
      await approveSend(async () => verdict)(ORDER);
    });
  }

  for (const [what, beforeSend, message] of [
    ['false', () => false, 'No code can be sent to this number now.'],
    ['false that comes later', async () => false, 'No code can be sent to this number now.'],
    ['an empty text', () => '', 'No code can be sent to this number now.'],
    ['a text, which is shown', () => 'This SIM was swapped.', 'This SIM was swapped.'],
    ['a throw, whose message is not shown', fails, 'No code can be sent to this number now.'],
    ['a rejection', async () => fails(), 'No code can be sent to this number now.'],
  ] as const satisfies readonly (readonly [string, BeforeSend, string])[]) {
    it(`is refused by ${what}`, async () => {
      const refusal = await refusalOf(approveSend(beforeSend)(ORDER));
      const details = message.startsWith('This SIM') ? { text: message } : {};
      expect(refusal).to.deep.equal({ code: 'SEND_REFUSED', status: 403, message, details });
    });
  }

  it('comes before anything is sent, and a refusal counts nothing', async () => {
    let isAllowed = false;
    const { send, transport } = createRig({ beforeSend: () => isAllowed, limits: { sendsPerUserPerHour: 1 } });
    for (let attempt = 0; attempt < 3; attempt++) expect(await codeOf(send())).to.equal('SEND_REFUSED');
    expect(transport.messages).to.deep.equal([]);
    isAllowed = true;
    await send();
    expect(transport.messages).to.have.length(1);
  });
});
