// A way to a redis-server that takes its time, in a process of its own: `{ redisPath, milliseconds }`.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerParent, settings } from './answer-parent.ts';

interface LineSettings {
  readonly redisPath: string;
  /** Of one round trip: each answer comes so much later. */
  readonly milliseconds: number;
}

const { redisPath, milliseconds } = settings<LineSettings>();
const folder = mkdtempSync(join(tmpdir(), 'bench-line-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'redis.sock');
const server = createServer((app) => {
  const redis = connect(redisPath);
  app.pipe(redis);
  // Timers of one length run in their order.
  redis.on('data', (chunk) => setTimeout(() => app.writable && app.write(chunk), milliseconds));
  for (const socket of [app, redis])
    socket.on('error', () => undefined).on('close', () => [app, redis].map((end) => end.destroy()));
});
server.listen(path, () => answerParent({ path: () => path }));
