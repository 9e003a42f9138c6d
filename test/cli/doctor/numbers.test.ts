import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { LdapUserStore } from '../../../lib/ldap/index.ts';
import { runHere } from '../../support/command-line.ts';
import { type ConfigFile, writeConfig } from '../../support/config-file.ts';
import { ldifPerson } from '../../support/ldif-people.ts';
import { requirePeer } from '../../support/peers.ts';
import { type Slapd, startSlapd } from '../../support/slapd.ts';

const run = promisify(execFile);
const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';
const PEOPLE = [
  ldifPerson('ada', 'Ada Lovelace', 'lovelace', '+46701740605'),
  ldifPerson('grace', 'Grace Hopper', 'hopper', '070-174 06 06\nmobile: +46 70 174 06 07'),
  ldifPerson('alan', 'Alan Turing', 'turing', '08-123 456 78 ext. 12'),
  ldifPerson('edsger', 'Edsger Dijkstra', 'dijkstra', '491713920000'),
  ldifPerson('bárbara', 'Barbara Liskov', 'liskov', '+49 (0)171 3920001'),
  ldifPerson('tony', 'Tony Hoare', 'hoare', '+46 700 000 0000'),
  ldifPerson('donald', 'Donald Knuth', 'knuth', '070-174 06 08, 070-174 06 09'),
].join('');

describe('doctor numbers', () => {
  let slapd: Slapd;
  let config: ConfigFile;
  let folder: string;
  let store: LdapUserStore;

  before(async function () {
    for (const peer of ['slapd', 'ldap-utils'] as const) requirePeer(this, peer);
    slapd = await startSlapd(PEOPLE);
    folder = mkdtempSync(join(tmpdir(), 'ldif-'));
    const { url, baseDn, bindDn, bindPassword } = slapd;
    const options = { url, baseDn, bindDn, bindPassword, idAttribute: 'uid' };
    store = new LdapUserStore(options);
    config = writeConfig(`
      export const options = {
        secret: '${SECRET}',
        origin: 'https://app.example.org',
        userStore: new LdapUserStore(${JSON.stringify(options)}),
        transport: new SmppTransport({ smscs: ['smpp://127.0.0.1:1'], source: 'Example' }),
        defaultCountry: 'SE',
      };`);
  });

  after(async () => {
    config?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true });
    await Promise.all([store?.close(), slapd?.close()]);
  });

  const numbers = (...args: readonly string[]) => runHere(['doctor', 'numbers', ...args, '--config', config.path]);
  const valuesOf = async (username: string) => (await store.findUser({ username }))?.phoneNumbers;
  const modify = async (ldif: string) => {
    const file = join(folder, 'changes.ldif');
    writeFileSync(file, ldif);
    const account = ['-x', '-H', slapd.url, '-D', slapd.bindDn, '-w', slapd.bindPassword];
    return run('/usr/bin/ldapmodify', [...account, '-f', file]);
  };

  it('lists what is read of each value, masked, and why', async () => {
    const { code, out } = await numbers();
    expect(code).to.equal(0);
    expect(
      out
        .trim()
        .split('\n')
        .sort((one, other) => one.localeCompare(other)),
    ).to.deep.equal([
      'ada mobile: ••• 0605, E.164',
      'alan mobile: no code, with an extension',
      'bárbara mobile: ••• 0001 (DE), by its country code',
      'donald mobile: ••• 0608, by defaultCountry SE',
      'donald mobile: ••• 0609, by defaultCountry SE',
      'edsger mobile: no code, without a plus that may be of another country',
      'grace mobile: ••• 0606, by defaultCountry SE',
      'grace mobile: ••• 0607, by its country code',
      'tony mobile: ••• 0000, by its country code; possible, but in no numbering plan',
    ]);
  });

  it('says which numbers get no code because of their country', async () => {
    const narrow = writeConfig(`
      export const options = {
        secret: '${SECRET}',
        origin: 'https://app.example.org',
        userStore: new MemoryUserStore([
          { username: 'ada', password: 'lovelace', phoneNumbers: ['+46701740605', '+49 171 3920000'] },
        ]),
        transport: { send: async () => undefined },
        defaultCountry: 'SE',
        allowedCountries: ['SE'],
      };`);
    const { out } = await runHere(['doctor', 'numbers', '--config', narrow.path]);
    narrow.remove();
    expect(out.trim().split('\n')).to.deep.equal([
      'ada: ••• 0605, E.164',
      'ada: ••• 0000 (DE), by its country code; no code, its country is not in allowedCountries',
    ]);
  });

  it('writes LDIF that ldapmodify takes, and after that nothing is left to change', async () => {
    const first = await numbers('--ldif');
    expect(first.code).to.equal(0);
    expect(first.err).to.include('full numbers');
    const { stdout } = await modify(first.out);
    expect(stdout.match(/modifying entry/g)).to.have.length(2);
    expect(first.out).to.match(/^dn:: /m);
    expect(await valuesOf('grace')).to.have.members(['+46701740606', '+46701740607']);
    expect(await valuesOf('bárbara')).to.deep.equal(['+491713920001']);
    expect(await valuesOf('edsger')).to.deep.equal(['491713920000']);
    expect(await valuesOf('tony')).to.deep.equal(['+46 700 000 0000']);
    const second = await numbers('--ldif');
    expect(second.out.trim()).to.equal('version: 1');
    expect((await modify(second.out)).stdout).to.not.include('modifying');
  });

  it('writes LDIF that is refused as a whole if somebody has changed the entry meanwhile', async () => {
    await modify(
      'dn: uid=ada,ou=people,dc=example,dc=org\nchangetype: modify\nreplace: mobile\nmobile: 070-174 06 05\n-\n',
    );
    const { out } = await numbers('--ldif');
    await modify(
      'dn: uid=ada,ou=people,dc=example,dc=org\nchangetype: modify\nreplace: mobile\nmobile: +46701740699\n-\n',
    );
    const refusal = await modify(out).catch((error: unknown) => String(error));
    expect(refusal).to.include('No such attribute (16)');
    expect(await valuesOf('ada')).to.deep.equal(['+46701740699']);
  });

  it('says what it cannot do with a store that lists nobody, or does not say where its numbers are', async () => {
    const parts = `secret: '${SECRET}', origin: 'https://app.example.org', transport: { send: async () => undefined },`;
    const silent = writeConfig(`export const options = { ${parts} userStore: { findUser() {}, checkPassword() {} } };`);
    const listing = writeConfig(
      `export const options = { ${parts} userStore: { findUser() {}, checkPassword() {}, async *users() {} } };`,
    );
    expect(await runHere(['doctor', 'numbers', '--config', silent.path])).to.include({ code: 1 });
    expect(await runHere(['doctor', 'numbers', '--config', listing.path])).to.deep.equal({ code: 0, out: '', err: '' });
    expect(await runHere(['doctor', 'numbers', '--ldif', '--config', listing.path])).to.include({ code: 1 });
    silent.remove();
    listing.remove();
  });
});
