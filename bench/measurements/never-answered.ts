import { Child } from '../child.ts';
import type { Report } from '../report.ts';

const MESSAGES = 100_000;
const AT_ONCE = 1000;

/** An SMSC that never answers: what was kept for its answers must be let go once they are overdue. */
export async function measureNeverAnswered(): Promise<Report> {
  const smsc = await Child.start('smsc.js');
  await smsc.ask('behave', { isSilent: true });
  const client = { kind: 'never answered', url: await smsc.ask('url'), window: AT_ONCE };
  const worker = await Child.start('clients/worker.js', client, '--expose-gc');
  await worker.ask('work', { count: 10 * AT_ONCE, atOnce: AT_ONCE });
  const before = await worker.ask('memory');
  await worker.ask('work', { count: MESSAGES, atOnce: AT_ONCE });
  const after = await worker.ask('memory');
  await Promise.all([worker.close(), smsc.close()]);
  const growth = (after.heap - before.heap) / MESSAGES;
  return {
    title: `An SMSC that never answers: ${MESSAGES} messages`,
    rows: [{ 'MB before': before.heap / 1e6, 'MB after': after.heap / 1e6, 'bytes a message': growth }],
    goals: [{ claim: 'bytes kept a message', value: growth, atMost: 8 }],
  };
}
