import { expect } from 'chai';
import type { SmscSimulator } from '../../lib/simulator/smsc/smsc.ts';
import { message, Rig, untilReady } from './rig.ts';

const MESSAGES = 100_000;
const RESTARTS = 10;
const AT_ONCE = 20;

describe('100 000 messages while the SMSC restarts ten times', function () {
  this.timeout(600_000);
  const rig = new Rig();

  /** Sends all of them; restarts now one SMSC, now the other. */
  async function sendAll(restart: (smsc: SmscSimulator, underWay: ReadonlySet<string>) => void) {
    const smscs = [await rig.smsc(), await rig.smsc()] as const;
    const urls = smscs.map(({ url }) => url);
    const transport = rig.transport(urls, { unbind: 2000, response: 5000, shortestPause: 1, longestPause: 5 });
    const seen = new Map<string, number>();
    for (const smsc of smscs) {
      smsc.onMessage(({ to, status }) => {
        if (status === 'accepted') seen.set(to, (seen.get(to) ?? 0) + 1);
      });
    }
    await untilReady(transport);
    const underWay = new Set<string>();
    const outcomes = { accepted: 0, unknown: 0, refused: 0, rejected: 0 };
    let next = 0;
    const worker = async () => {
      while (next < MESSAGES) {
        const index = next++;
        const to = `+4670${String(index).padStart(7, '0')}`;
        underWay.add(to);
        if (index % (MESSAGES / RESTARTS) === 500) restart(smscs[(index / 10_000) & 1] ?? smscs[0], underWay);
        const { status } = await transport.send(message({ to })).catch(() => ({ status: 'rejected' as const }));
        outcomes[status] += 1;
        underWay.delete(to);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const twice = [...seen].filter(([, times]) => times > 1).map(([to]) => to);
    return { outcomes, twice, arrived: seen.size };
  }

  it('loses none and sends none twice if it unbinds first, as for a planned restart', async () => {
    const { outcomes, twice, arrived } = await sendAll((smsc) =>
      smsc.behave({ submits: 1, reaction: 'unbind', answerAfterMilliseconds: 5 }),
    );
    expect(outcomes).to.deep.equal({ accepted: MESSAGES, unknown: 0, refused: 0, rejected: 0 });
    expect({ twice, arrived }).to.deep.equal({ twice: [], arrived: MESSAGES });
  });

  it('sends only those twice whose answers were lost if its connections break', async () => {
    const lost = new Set<string>();
    const { outcomes, twice, arrived } = await sendAll((smsc, underWay) => {
      for (const to of underWay) lost.add(to);
      smsc.dropConnections();
    });
    expect(twice.filter((to) => !lost.has(to))).to.deep.equal([]);
    expect(outcomes.rejected + outcomes.refused).to.equal(0);
    expect(arrived).to.equal(MESSAGES);
  });
});
