import { expect } from 'chai';
import fc from 'fast-check';
import { MessageIds } from '../../lib/smpp/message-ids.ts';

const toHex = (decimal: string): string => BigInt(decimal).toString(16);
const number = fc.bigInt({ min: 10n ** 9n, max: 10n ** 18n }).map(String);

describe('the ids of messages', () => {
  it('as text are left as they are', () => {
    const ids = new MessageIds('text');
    expect(ids.ofAnswer('0012')).to.equal('0012');
    expect(ids.ofReceipt('12')).to.equal('12');
    expect(ids.ofReceipt('0a')).to.equal('0a');
  });

  it('as decimals are equal but for leading zeros', () => {
    const ids = new MessageIds('decimal');
    expect(ids.ofAnswer('0012')).to.equal(ids.ofReceipt('000000000012'));
    expect(ids.ofAnswer('0')).to.equal(ids.ofReceipt('000'));
    expect(ids.ofAnswer('00ab')).to.equal('00ab');
  });

  it('as hexadecimal are those of the answers, if receipts have decimals', () => {
    const ids = new MessageIds('hex');
    expect(ids.ofAnswer('0001e240')).to.equal(ids.ofReceipt('0000123456'));
    expect(ids.ofReceipt('1e240')).to.equal(ids.ofAnswer('1e240'));
    expect(ids.ofAnswer('00004711')).to.equal(ids.ofReceipt('00004711'));
    expect(ids.ofReceipt('no-number')).to.equal(ids.ofAnswer('no-number'));
  });

  describe('if they are to be learned,', () => {
    it('are the answer’s for every receipt that follows it, whatever the form: hexadecimal, decimal, zeros before it', () => {
      const forms: readonly [(id: string) => string, (id: string) => string][] = [
        [(id) => id, (id) => id],
        [toHex, (id) => id],
        [(id) => id, toHex],
        [(id) => toHex(id).padStart(16, '0'), (id) => id.padStart(10, '0')],
        [(id) => id.padStart(24, '0'), (id) => id],
        [(id) => id, (id) => id.padStart(24, '0')],
        [(id) => `sms-${id}`, (id) => `sms-${id}`],
      ];
      for (const [answered, reported] of forms) {
        fc.assert(
          fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), (messages) => {
            const ids = new MessageIds('auto');
            const answers = messages.map((id) => ids.ofAnswer(answered(id)));
            expect(messages.map((id) => ids.ofReceipt(reported(id)))).to.deep.equal(answers);
          }),
          { numRuns: 50 },
        );
      }
    });

    it('are told also of messages that another process sent, once it is known how', () => {
      const ids = new MessageIds('auto');
      expect(ids.ofReceipt('1234567890')).to.equal('1234567890');
      ids.ofAnswer(toHex('9876543210'));
      expect(ids.ofReceipt('9876543210')).to.equal(toHex('9876543210'));
      expect(ids.ofReceipt('1234567890')).to.equal(toHex('1234567890'));
    });

    it('are learned from receipts that come before their answers, too', () => {
      const ids = new MessageIds('auto');
      for (const message of ['9876543210', '9876543211']) {
        ids.ofReceipt(message);
        ids.ofAnswer(toHex(message));
      }
      expect(ids.ofReceipt('1234567890')).to.equal(toHex('1234567890'));
    });

    it('are not learned from receipts of others, if small numbers fit by chance', () => {
      const ids = new MessageIds('auto');
      ids.ofReceipt('000100');
      ids.ofAnswer('256');
      expect(ids.ofReceipt('300')).to.equal('300');
    });

    it('may be small numbers that could be meant both ways', () => {
      const ids = new MessageIds('auto');
      const numbers = Array.from({ length: 300 }, (_, index) => String(index + 1));
      for (const message of numbers) expect(ids.ofAnswer(toHex(message))).to.equal(ids.ofReceipt(message));
      expect(numbers.filter((message) => ids.ofReceipt(message) !== toHex(message))).to.deep.equal([]);
    });

    it('are what most receipts say: one that fits by chance decides nothing', () => {
      const ids = new MessageIds('auto');
      ids.ofAnswer('500');
      expect(ids.ofReceipt('500')).to.equal('500');
      for (const message of ['1001', '1002', '1003']) {
        ids.ofAnswer(toHex(message));
        ids.ofReceipt(message);
      }
      expect(ids.ofReceipt('2000')).to.equal(toHex('2000'));
    });

    it('are remembered for the last thousand only', () => {
      const ids = new MessageIds('auto');
      ids.ofAnswer('00ab');
      expect(ids.ofReceipt('ab')).to.equal('00ab');
      for (let id = 10 ** 6; id < 10 ** 6 + 1000; id += 1) ids.ofAnswer(String(id));
      expect(ids.ofReceipt('ab')).to.equal('ab');
    });
  });
});
