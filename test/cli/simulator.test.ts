import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { runHere, startProgram } from '../support/command-line.ts';
import { useConfigFiles } from '../support/config-file.ts';

const ANY_PORTS = ['--smpp-port', '0', '--ldap-port', '0', '--inbox-port', '0'];

describe('simulator', () => {
  const writeConfig = useConfigFiles();

  it('gives an SMSC, an inbox and a directory until Ctrl-C, which the doctor finds nothing wrong with', async () => {
    const program = startProgram(['simulator', ...ANY_PORTS]);
    const ended = once(program, 'exit');
    const addresses = new Map<string, string>();
    for await (const line of createInterface({ input: program.stdout })) {
      const [name = '', address = ''] = line.split(/\s+/);
      addresses.set(name, address);
      if (line.startsWith('Ctrl-C')) break;
    }
    const doctor = await runHere(['doctor', '--send', '+46701740605', '--config', write(addresses)]);
    const inbox = await (await fetch(`${addresses.get('Inbox')}/messages`)).json();
    program.kill('SIGINT');
    expect(await ended).to.deep.equal([0, null]);
    expect(doctor.out).to.contain('ok       test SMS receipt: delivered').and.contain(' 0 failed');
    expect(doctor.code).to.equal(0);
    expect(inbox).to.have.nested.property('[0].to');
  });

  it('names in two lines the port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, err } = await runHere(['simulator', ...ANY_PORTS.slice(2), '--smpp-port', String(port)]);
    other.close();
    expect(code).to.equal(1);
    expect(err).to.match(new RegExp(`EADDRINUSE.*${port}\nChoose another port with --smpp-port\\.\n$`));
  });

  it('does not start in production', async () => {
    const program = startProgram(['simulator', ...ANY_PORTS], { NODE_ENV: 'production' });
    expect(await once(program, 'exit')).to.deep.equal([1, null]);
  });

  function write(addresses: ReadonlyMap<string, string>): string {
    return writeConfig(`export const options = {
      secret: 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE',
      origin: 'https://app.example.org',
      userStore: new LdapUserStore({ url: '${addresses.get('Directory')}', baseDn: 'ou=people,dc=example,dc=org' }),
      transport: new SmppTransport({ smscs: ['${addresses.get('SMSC')}'], source: 'Example' }),
    };`);
  }
});
