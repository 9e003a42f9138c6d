// One process of an app as docs/cluster.md sets it up. It tells its parent where it listens, and every SMS it sends.
import type { Express } from 'express';
import type { SmsMessage } from '../../lib/index.ts';
import { listen } from './client.ts';
import { runListing } from './listing.ts';
import { People } from './people.ts';

const { app } = await runListing<{ app: Express }>('docs/cluster.md', process.argv[3] ?? '', {
  url: process.argv[2],
  secret: 'a secret of the listings, long enough',
  appName: 'Example',
  origin: 'http://127.0.0.1:3000',
  userStore: new People(),
  transport: {
    async send({ text }: SmsMessage) {
      process.send?.({ text });
      return { status: 'accepted' };
    },
  },
});
process.on('disconnect', () => process.exit());
process.send?.({ url: (await listen(app)).url });
