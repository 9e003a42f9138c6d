import { expect } from 'chai';
import { createClient } from 'redis';
import { redisFaults } from '../../lib/state/redis-faults.ts';
import { useClosing } from '../support/closing.ts';
import { type Redis, startRedis } from '../support/redis.ts';

describe('the faults of Redis', () => {
  const keep = useClosing();
  const OFFLINE = new Error('The client is offline');

  /** Its fault once it has failed to connect. */
  async function faultOf(options: Parameters<typeof createClient>[0]): Promise<string> {
    const client = createClient({ ...options, disableOfflineQueue: true });
    keep({ close: () => client.destroy() });
    const describeFault = redisFaults(client);
    const failed = new Promise((resolve) => client.once('error', resolve));
    client.connect().catch(() => undefined);
    await failed;
    return describeFault(OFFLINE).message;
  }

  async function server(context: Mocha.Context, ...settings: readonly string[]): Promise<Redis> {
    return keep(await startRedis(context, ...settings));
  }

  it('name the server by the URL of its client, and tell nothing else of that', async () => {
    expect(await faultOf({ url: 'redis://otp:top-secret@127.0.0.1:1/7' })).to.equal(
      'Redis at 127.0.0.1:1 cannot be reached: ECONNREFUSED',
    );
  });

  it('tell a name that is not known', async () => {
    expect(await faultOf({ url: 'redis://redis.invalid' })).to.match(
      /^Redis at redis\.invalid:6379 cannot be reached: (ENOTFOUND|EAI_AGAIN)$/,
    );
  });

  it('tell a wrong password', async function () {
    const { path } = await server(this, '--requirepass', 'right');
    const fault = await faultOf({ socket: { path, tls: false }, password: 'top-secret' });
    expect(fault).to.equal(`Redis at ${path} cannot be reached: WRONGPASS`);
  });

  it('tell a client that has given up', async () => {
    const fault = await faultOf({ socket: { host: '127.0.0.1', port: 1, reconnectStrategy: false } });
    expect(fault).to.contain('ECONNREFUSED, and its client has given up');
  });

  it('tell a server that takes the connection and says nothing', async function () {
    const redis = await server(this);
    redis.stop();
    const client = createClient({ socket: { path: redis.path, tls: false }, disableOfflineQueue: true });
    keep({ close: () => client.destroy() });
    const connected = new Promise((resolve) => client.once('connect', resolve));
    client.connect().catch(() => undefined);
    await connected;
    expect(redisFaults(client)(OFFLINE).message).to.equal(
      `Redis at ${redis.path} cannot be reached: it does not answer`,
    );
  });

  it('tell a client that nobody told to connect', () => {
    const client = createClient({ url: 'redis://127.0.0.1:1', disableOfflineQueue: true });
    expect(redisFaults(client)(OFFLINE).message).to.contain('connect() was not called');
  });
});
