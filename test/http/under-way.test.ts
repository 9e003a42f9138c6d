import { once } from 'node:events';
import { type ClientRequest, get } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import express, { type Response } from 'express';
import { UnderWay } from '../../lib/http/under-way.ts';
import { listen } from '../support/client.ts';
import { useClosing } from '../support/closing.ts';

describe('requests under way', () => {
  const closing = useClosing();

  /** A request that has arrived and waits for its answer. */
  async function request(): Promise<{ readonly client: ClientRequest; readonly res: Response }> {
    const arrived = new Promise<Response>((resolve) => {
      app.get('/', (_req, res) => resolve(res));
    });
    const { url } = closing(await listen(app));
    const client = get(url).on('error', () => {});
    return { client, res: await arrived };
  }

  let app: express.Express;
  beforeEach(() => {
    app = express();
  });

  it('are waited for until they are answered', async () => {
    const underWay = new UnderWay();
    const { res } = await request();
    underWay.add(res);
    let isSettled = false;
    const settled = underWay.settled().then(() => {
      isSettled = true;
    });
    await nextTurn();
    expect(isSettled).to.equal(false);
    res.send('done');
    await settled;
  });

  for (const [when, isFirst] of [
    ['before it began', false],
    ['after it began', true],
  ] as const) {
    it(`are not waited for where the client left ${when}`, async () => {
      const underWay = new UnderWay();
      const { client, res } = await request();
      if (isFirst) underWay.add(res);
      client.destroy();
      await once(res, 'close');
      if (!isFirst) underWay.add(res);
      await underWay.settled();
    });
  }
});
