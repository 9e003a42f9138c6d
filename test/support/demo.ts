import { createApp } from '../../example-app/app.ts';
import { readEnvironment } from '../../example-app/environment.ts';
import { createMetrics } from '../../example-app/metrics.ts';
import { OTP_OPTIONS } from '../../example-app/otp-options.ts';
import { type Peers, startPeers } from '../../example-app/peers.ts';
import type { Clock } from '../../lib/domain/ports.ts';
import { createSmsOtp } from '../../lib/sms-otp.ts';
import { listen } from './client.ts';

export interface Demo extends Peers {
  readonly url: string;
  /** The messages that the phones have got, oldest first. */
  messages(): Promise<readonly { readonly to: string; readonly text: string }[]>;
  /** The code in the newest SMS, as the phone's page tells it. */
  newestCode(): Promise<string>;
}

/** The example app on a port of its own, with the peers that the environment names. */
export async function startDemo(
  environment: Record<string, string> = {},
  clock: Clock = Date.now,
  hasEnrollment = true,
): Promise<Demo> {
  const read = readEnvironment({ INBOX_PORT: '0', ...environment });
  const peers = await startPeers(read);
  const { userStore, transport, inboxUrl } = peers;
  const { enrollment, ...bank } = OTP_OPTIONS;
  const options = {
    secret: 'a secret of the demo in the tests, long enough',
    origin: 'http://localhost:3000',
    ...bank,
    ...(hasEnrollment && { enrollment }),
    ...(read.SKIN && { styles: '/public/skin.css' }),
  };
  const otp = createSmsOtp({ ...options, userStore, transport }, clock);
  const sessionSecret = 'of the demo in the tests';
  const metrics = createMetrics(otp, transport);
  const server = await listen(createApp({ otp, userStore, metrics, sessionSecret, skin: read.SKIN, inboxUrl }));
  const messages = async (): Promise<{ to: string; text: string }[]> => (await fetch(`${inboxUrl}/messages`)).json();
  return {
    ...peers,
    url: server.url,
    messages,
    async newestCode() {
      return /#(\d{6})$/.exec((await messages()).at(-1)?.text ?? '')?.[1] ?? '';
    },
    async close() {
      await server.close();
      metrics.stop();
      await otp.close();
      await peers.close();
    },
  };
}
