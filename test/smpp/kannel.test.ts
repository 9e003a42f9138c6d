import { expect } from 'chai';
import { mayHaveNetwork, sendThroughKannel } from '../support/kannel.ts';
import { requirePeer } from '../support/peers.ts';

describe('with the SMSC of Kannel, SmppTransport', function () {
  this.timeout(60_000);

  it('is read without a complaint: senders and TLVs of its routes, and texts byte by byte', async function () {
    requirePeer(this, 'kannel-extras');
    if (!mayHaveNetwork()) this.skip(); // its SMSC listens on all addresses
    const { results, log } = await sendThroughKannel();
    expect(results).to.deep.equal([
      { status: 'accepted', smsc: 'kannel', route: 'IN' },
      { status: 'accepted', smsc: 'kannel', route: '+' },
    ]);
    const told = log.split('\n').map((line) => line.replace(/^.*?(DEBUG|INFO|WARNING|ERROR): /, ''));
    expect(told.filter((line) => /^(Handling|Optional|Found|submit_sm)/.test(line))).to.deep.equal([
      'Handling SMPP PDU of type bind_transmitter',
      'Optional parameter tag (0x1400)',
      'Optional parameter length read as 20',
      "Found configured optional parameter `entity'",
      'Optional parameter tag (0x1401)',
      'Optional parameter length read as 20',
      "Found configured optional parameter `template'",
      'Handling SMPP PDU of type submit_sm',
      'submit_sm: short_message = <492817 is your OTP. -EXMPLE>',
      'Handling SMPP PDU of type submit_sm',
      'submit_sm: short_message = <Your code is 492817.>',
      'Handling SMPP PDU of type unbind',
    ]);
  });
});
