import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `.ts` over tsx, `.js` in the build with coverage. */
const CLIENT = fileURLToPath(new URL(`kannel-process${extname(import.meta.url)}`, import.meta.url));
/** In a network of its own, so any is free. */
export const KANNEL_PORT = 2776;
/** The names by which Kannel knows optional parameters that are not in SMPP 3.4. */
const CONFIGURATION = `
group = core
admin-port = 13000
smsbox-port = 13001
admin-password = none

group = smpp-tlv
name = entity
tag = 0x1400
type = nulterminated
length = 30

group = smpp-tlv
name = template
tag = 0x1401
type = nulterminated
length = 30
`;
// It listens on all addresses: in a network namespace these are its own loopback alone. It serves one client, then ends.
const SCRIPT = `
ip link set lo up
/usr/lib/kannel/test/drive_smpp -v 0 -m 0 -p ${KANNEL_PORT} -c kannel.conf > log 2>&1 &
cd "$PROJECT"
node --import=tsx "$0"
kill $! 2> /dev/null
wait
`;

/** Whether this machine lets a test have a network of its own. */
export function mayHaveNetwork(): boolean {
  return spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
}

/** Runs `kannel-process.ts` against Kannel's SMSC. */
export async function sendThroughKannel(): Promise<{ readonly results: unknown; readonly log: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kannel-'));
  try {
    await writeFile(join(folder, 'kannel.conf'), CONFIGURATION);
    const env = { ...process.env, PROJECT: process.cwd() };
    const client = spawn('unshare', ['-rn', 'sh', '-c', SCRIPT, CLIENT], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    client.stdout.on('data', (chunk) => {
      output += chunk;
    });
    await once(client, 'close');
    return { results: JSON.parse(output), log: await readFile(join(folder, 'log'), 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
