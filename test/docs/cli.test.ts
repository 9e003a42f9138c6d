import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { HELP } from '../../lib/cli/run.ts';
import { startTestbed } from '../../lib/simulator/index.ts';
import { runHere } from '../support/command-line.ts';
import { writeConfig } from '../support/config-file.ts';

describe('docs/cli.md', () => {
  const doc = readFileSync('docs/cli.md', 'utf8');

  it('tells all that --help tells', () => {
    expect(doc).to.contain(HELP.trim());
  });

  it("shows the doctor's output", async () => {
    const [, shown = ''] = /<!-- This output .*-->\n```\n(.*?)```/s.exec(doc) ?? [];
    expect(steady(await runDoctor())).to.equal(steady(shown));
  });

  it('tells of every check', async () => {
    const rows = [...doc.matchAll(/^\| (`[^|]+) \|/gm)].map(([, names = '']) => names).join();
    const lines = (await runDoctor()).split('\n').filter((line) => /^\w+ +.*: /.test(line));
    const checks = lines
      .map((line) => line.slice(9, line.indexOf(': ')).split(' '))
      .filter(([name]) => name !== 'express-sms-otp');
    expect(checks.length).to.be.greaterThan(15);
    for (const words of checks)
      expect(rows).to.contain(words.length === 1 ? words[0] : words.at(words[0] === 'text' ? 0 : -1));
  });
});

/** Without what differs from run to run. */
function steady(output: string): string {
  return output
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\b(port|after) \d+/g, '$1 N')
    .replace(/\d+\.\d+\.\d+$/gm, 'VERSION');
}

async function runDoctor(): Promise<string> {
  const { smsc, directory, close } = await startTestbed();
  const { url, baseDn } = directory;
  const ldap = { url, baseDn, bindDn: 'cn=service,dc=example,dc=org', bindPassword: 'service' };
  const config = writeConfig(`export const options = {
    secret: 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE',
    origin: 'https://app.example.org',
    appName: 'Example',
    userStore: new LdapUserStore(${JSON.stringify(ldap)}),
    transport: new SmppTransport({
      smscs: [{ name: 'main', host: '127.0.0.1', port: ${new URL(smsc.url).port} }],
      source: 'Example',
    }),
  };`);
  try {
    return (await runHere(['doctor', '--user', 'ada', '--send', '+46701740605', '--config', config.path])).out;
  } finally {
    config.remove();
    await close();
  }
}
