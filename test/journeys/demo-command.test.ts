import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';

describe("the demo's command", () => {
  it('prints addresses, people and nothing else, and ends cleanly on Ctrl-C', async () => {
    const demo = start({ PORT: '0', INBOX_PORT: '0' });
    const [said, complained] = [text(demo.stdout), text(demo.stderr)];
    await once(demo.stdout, 'data');
    // As npm and the terminal send it together.
    demo.kill('SIGINT');
    demo.kill('SIGINT');
    expect(await once(demo, 'exit')).to.deep.equal([0, null]);
    expect(await said)
      .to.match(/The app {4}http:\/\/localhost:\d+\n {2}The phone {2}http:\/\/localhost:\d+\n/)
      .and.include('ada    lovelace')
      .and.include('A help code for alan: sign in as ada, open /admin');
    expect(await complained).to.equal('');
  });

  it('names in one line the port that is in use', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const demo = start({ PORT: String(port), INBOX_PORT: '0' });
    const complained = text(demo.stderr);
    expect(await once(demo, 'exit')).to.deep.equal([1, null]);
    expect(await complained).to.match(new RegExp(`^listen EADDRINUSE.*${port}.*PORT.*\\n$`));
    other.close();
  });

  it('does not start its simulators in production', async () => {
    const demo = start({ NODE_ENV: 'production' });
    const complained = text(demo.stderr);
    expect(await once(demo, 'exit')).to.deep.equal([1, null]);
    expect(await complained).to.match(/^The \w+ simulator .* NODE_ENV=production\.\n$/);
  });
});

function start(environment: Record<string, string>): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ['--import', 'tsx', 'example-app/main.ts'], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
