import { expect } from 'chai';
import type { SmsOtpOptions } from '../../lib/options.ts';
import { codeOf, createRig, refusalOf } from '../support/rig.ts';

type BeforeSend = NonNullable<SmsOtpOptions['beforeSend']>;

function fails(): never {
  throw new Error('secret reason');
}

describe('the approval of a send', () => {
  it('is told who, where to, what for and from where, and nothing more', async () => {
    const asked: unknown[] = [];
    const { loggedIn, people } = createRig({ beforeSend: (request) => void asked.push(request) });
    await loggedIn();
    const user = await people.findUser({ id: 'id-ada' });
    expect(asked).to.deep.equal([{ user, to: '+46701740605', purpose: 'sign-in', ip: '192.0.2.1' }]);
  });

  for (const verdict of [undefined, true]) {
    it(`is given by ${verdict}, now or later`, async () => {
      for (const beforeSend of [() => verdict, async () => verdict]) {
        const { loggedIn, transport } = createRig({ beforeSend });
        await loggedIn();
        expect(transport.messages).to.have.length(1);
      }
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
      const refusal = await refusalOf(createRig({ beforeSend }).loggedIn());
      const details = message.startsWith('This SIM') ? { text: message } : {};
      expect(refusal).to.deep.equal({ code: 'SEND_REFUSED', status: 403, message, details });
    });
  }

  it('is asked after the charge, and comes before anything is sent; a refusal counts nothing', async () => {
    let isAllowed = false;
    const { loggedIn, transport } = createRig({ beforeSend: () => isAllowed, limits: { sendsPerUserPerHour: 1 } });
    for (let attempt = 0; attempt < 3; attempt++) expect(await codeOf(loggedIn())).to.equal('SEND_REFUSED');
    expect(transport.messages).to.deep.equal([]);
    isAllowed = true;
    await loggedIn();
    expect(transport.messages).to.have.length(1);
    isAllowed = false;
    expect(await codeOf(loggedIn())).to.equal('TOO_MANY_SENDS');
  });
});
