import { SmppTransport } from '../../lib/smpp/index.ts';
import { KANNEL_PORT } from './kannel.ts';

/** A program: sends two messages by two routes to the SMSC on this port, and prints what became of them. */
// The first send waits until Kannel listens: it serves one client, so that nothing else may ask.
const transport = new SmppTransport({
  source: 'Example',
  // Kannel's SMSC has no transceiver.
  smscs: [
    {
      name: 'kannel',
      host: '127.0.0.1',
      port: KANNEL_PORT,
      systemId: 'bank',
      password: 'none',
      bindMode: 'transmitter',
    },
  ],
  routes: [
    {
      to: 'IN',
      smscs: ['kannel'],
      source: 'EXMPLE',
      tlvs: { 5120: '1101000000000000001', 5121: { templateId: true } },
    },
    { to: '+', smscs: ['kannel'] },
  ],
});
const expiresAt = new Date(Date.now() + 300_000);
const messages = [
  { to: '+919810012345', text: '492817 is your OTP. -EXMPLE', templateId: '1107160000000000001', expiresAt },
  { to: '+46701740605', text: 'Your code is 492817.', expiresAt },
];
const results: unknown[] = [];
for (const message of messages) results.push(await transport.send(message));
await transport.close();
process.stdout.write(JSON.stringify(results));
