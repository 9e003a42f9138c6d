import { expect } from 'chai';
import { connectRedis } from '../../example-app/redis.ts';
import { until } from '../smpp/rig.ts';
import { useClosing } from '../support/closing.ts';
import { startRedis } from '../support/redis.ts';

describe("the demo's connection to Redis", () => {
  const keep = useClosing();

  it('tells of an outage in one line, and of its end in another', async function () {
    const redis = keep(await startRedis(this));
    const lines: string[] = [];
    keep(await connectRedis(`unix://${redis.path}`, (line) => lines.push(line)));
    for (const outage of [1, 2]) {
      await redis.kill();
      await until(() => lines.length === 2 * outage - 1);
      await redis.start();
      await until(() => lines.length === 2 * outage);
    }
    const kinds = lines.map((line) => /has lost Redis|has Redis again/.exec(line)?.[0]);
    expect(kinds).to.deep.equal(['has lost Redis', 'has Redis again', 'has lost Redis', 'has Redis again']);
  });
});
