import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { type ExaminedServer, examineServer } from '../../lib/diagnostics/server.ts';
import type { Finding } from '../../lib/domain/ports.ts';
import { useClosing } from '../support/closing.ts';
import { complaints, findingOf } from '../support/findings.ts';

const TLS = { name: 'localhost', trust: {} };

describe('the examination of a server', () => {
  const keep = useClosing();

  /** One that does this with each connection. */
  async function listen(greet: (socket: Socket) => void = () => undefined): Promise<number> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      greet(socket);
    });
    keep({ close: () => server.close() });
    keep({ close: () => sockets.forEach((socket) => void socket.destroy()) });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function examine(changes: Partial<ExaminedServer>, timeoutMilliseconds = 10_000) {
    const findings: Finding[] = [];
    const steps = examineServer(
      { label: 'it', host: '127.0.0.1', port: 1, tls: undefined, ...changes },
      timeoutMilliseconds,
    );
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return { findings, isUsable: value };
      findings.push(value);
    }
  }

  it('says that one on this machine can be used in clear', async () => {
    const { findings, isUsable } = await examine({ port: await listen() });
    expect(isUsable).to.equal(true);
    expect(findings.map(({ check, status }) => `${status} ${check}`)).to.deep.equal(['ok it TCP', 'skipped it TLS']);
  });

  it('looks up a name first, and stops if nobody knows it', async () => {
    const { findings, isUsable } = await examine({ host: 'server.invalid' });
    expect(isUsable).to.equal(false);
    expect(complaints(findings)).to.deep.equal(['failed it name']);
  });

  it('stops if nobody listens', async () => {
    const { findings, isUsable } = await examine({ tls: TLS });
    expect(isUsable).to.equal(false);
    expect(findings).to.have.lengthOf(1);
    expect(findingOf(findings, 'TCP')).to.include({ status: 'failed', detail: 'nobody listens there (ECONNREFUSED)' });
  });

  it('gives up if no answer comes in time', async () => {
    const { findings, isUsable } = await examine({ port: await listen(), tls: TLS }, 1000);
    expect(isUsable).to.equal(false);
    expect(findingOf(findings, 'TLS').detail).to.equal('no answer within 1000 ms');
  });

  it('asks whether it speaks TLS if it closes the connection', async () => {
    const port = await listen((socket) => socket.once('data', () => socket.destroy()));
    const { findings } = await examine({ port, tls: TLS });
    expect(findingOf(findings, 'TLS').detail).to.contain('the server closed the connection');
    expect(findingOf(findings, 'TLS').remedy).to.contain('Does this port speak TLS?');
  });

  it('tells why what comes before TLS is refused', async () => {
    const prepare = () => Promise.reject(new Error('it does not offer StartTLS'));
    const { findings, isUsable } = await examine({ port: await listen(), tls: { ...TLS, prepare } });
    expect(isUsable).to.equal(false);
    expect(findingOf(findings, 'TLS').detail).to.equal('it does not offer StartTLS');
  });
});
