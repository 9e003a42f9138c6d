// One of several processes that share an account of few binds. Sends its messages when it is told to, says what became
// of them, and stays until its parent lets it go.
import { once } from 'node:events';
import { SmppTransport } from '../../lib/smpp/smpp-transport.ts';
import { TIMEOUTS } from '../../lib/smpp/timeouts.ts';

const [port, first, count] = process.argv.slice(2).map(Number);
const account = { host: '127.0.0.1', port: port ?? 0, idleUnbindSeconds: 1 };
const timeouts = { ...TIMEOUTS, step: 120_000, send: 120_000, response: 60_000 };
const transport = new SmppTransport({ smscs: [account], source: 'Example' }, timeouts);
process.send?.('ready');
await once(process, 'message');
const sends = Array.from({ length: count ?? 0 }, async (_, index) => {
  const to = `+4670${1_000_000 + (first ?? 0) + index}`;
  const { status } = await transport.send({ to, text: `code of ${to}`, expiresAt: new Date(Date.now() + 300_000) });
  return status;
});
process.send?.(await Promise.all(sends));
await once(process, 'disconnect');
await transport.close();
