import { once } from 'node:events';
import { createServer } from 'node:net';

/** The system gives none of these to whoever asks for any port (Linux: from 32 768; macOS and Windows: from 49 152). */
const [FIRST, COUNT] = [20_000, 12_000];
/** Each process begins elsewhere, and none gets a port twice. */
let next = (process.pid * 101) % COUNT;

/** A port of this machine on which nobody listens, and which nobody gets before a server that is started for it. */
export async function freePort(): Promise<number> {
  const port = FIRST + next;
  next = (next + 1) % COUNT;
  return (await isFree(port)) ? port : freePort();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
