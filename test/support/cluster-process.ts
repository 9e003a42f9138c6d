// One of several processes of an app that is set up as docs/cluster.md says. It tells its parent where it listens, and,
// when it is asked, what it has sent and how many codes it has compared.
import type { Express } from 'express';
import type { SmsOtp } from '../../lib/index.ts';
import { listen } from './client.ts';
import { runListing } from './listing.ts';
import { People } from './people.ts';
import { RecordingTransport } from './recording-transport.ts';

const transport = new RecordingTransport();
const { app, otp } = await runListing<{ app: Express; otp: SmsOtp }>('docs/cluster.md', 'cluster', {
  url: process.env.REDIS_URL,
  secret: 'a secret of the tests that is long enough',
  origin: 'http://127.0.0.1',
  userStore: new People(),
  transport,
});

let comparisons = 0;
otp.events.on('codeAccepted', () => comparisons++);
otp.events.on('codeRefused', ({ reason }) => {
  if (reason === 'INVALID_CODE') comparisons++;
});

const { url } = await listen(app);
process.on('message', () => process.send?.({ comparisons, messages: transport.messages.map(({ text }) => text) }));
process.on('disconnect', () => process.exit());
process.send?.({ url });
