import { createApp } from '../../example-app/app.ts';
import { readEnvironment } from '../../example-app/environment.ts';
import { type Peers, startPeers } from '../../example-app/peers.ts';
import type { Clock } from '../../lib/domain/ports.ts';
import { createSmsOtp } from '../../lib/sms-otp.ts';
import { listen } from './client.ts';

export interface Demo extends Peers {
  readonly url: string;
  /** The code in the newest SMS, as the phone's page tells it. */
  newestCode(): Promise<string>;
}

/** The example app on a port of its own, with the peers that the environment names. */
export async function startDemo(environment: Record<string, string> = {}, clock: Clock = Date.now): Promise<Demo> {
  const read = readEnvironment({ INBOX_PORT: '0', ...environment });
  const peers = await startPeers(read);
  const { userStore, transport, inboxUrl } = peers;
  const options = {
    secret: 'a secret of the demo in the tests, long enough',
    origin: 'http://localhost:3000',
    appName: 'Example Bank',
    afterSignInUrl: '/dashboard',
    ...(read.SKIN && { styles: '/public/skin.css' }),
  };
  const otp = createSmsOtp({ ...options, userStore, transport }, clock);
  const server = await listen(
    createApp({ otp, userStore, sessionSecret: 'of the demo in the tests', skin: read.SKIN, inboxUrl }),
  );
  return {
    ...peers,
    url: server.url,
    async newestCode() {
      const messages = (await (await fetch(`${inboxUrl}/messages`)).json()) as { text: string }[];
      return /#(\d{6})$/.exec(messages.at(-1)?.text ?? '')?.[1] ?? '';
    },
    async close() {
      await server.close();
      await otp.close();
      await peers.close();
    },
  };
}
