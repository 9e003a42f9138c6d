import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { LdapUserStore } from '../../lib/ldap/index.ts';
import type { DirectorySimulator } from '../../lib/simulator/index.ts';
import { runListing } from '../support/listing.ts';

interface Listing {
  readonly userStore: LdapUserStore;
  readonly directory: DirectorySimulator;
}

const PAGE = readFileSync('docs/testing.md', 'utf8');
const run = promisify(execFile);
const EXTENSION = extname(import.meta.url).slice(1);
/** Modules of the TypeScript loader need it in their process, too. */
const LOADER = EXTENSION === 'ts' ? ['--import=tsx'] : [];

describe('docs/testing.md', () => {
  let folder: string;

  before(() => {
    mkdirSync('.build', { recursive: true });
    folder = mkdtempSync('.build/testing-');
  });

  after(() => rmSync(folder, { recursive: true }));

  /** Gives the path of the listing that is so called, as a file. */
  function write(name: string): string {
    const [, listing] = new RegExp(`^\`\`\`js ${name}\\n(.*?)^\`\`\`$`, 'ms').exec(PAGE) ?? [];
    if (listing === undefined) throw new Error(`There is no listing called ${name}.`);
    const file = join(folder, `${name}.m${EXTENSION}`);
    writeFileSync(file, listing);
    return file;
  }

  it('has a test of an app that passes in mocha', async () => {
    const mocha = ['node_modules/mocha/bin/mocha.js', '--no-config', '--timeout=20000', '--reporter=json'];
    const { stdout } = await run(process.execPath, [...LOADER, ...mocha, write('mocha')]);
    expect(JSON.parse(stdout.slice(stdout.indexOf('{'))).stats).to.include({ tests: 4, passes: 4 });
  });

  it('has a test of an app that passes in node:test, too', async () => {
    const [first = ''] = /import \{ .*? \} from 'node:test';/.exec(PAGE) ?? [];
    const file = write('mocha');
    writeFileSync(file, `${first}\n${readFileSync(file, 'utf8')}`);
    const environment = { ...process.env, NODE_TEST_CONTEXT: undefined };
    const { stdout } = await run(process.execPath, [...LOADER, '--test', '--test-reporter=tap', file], {
      env: environment,
    });
    expect(stdout)
      .to.match(/^# pass 4$/m)
      .and.match(/^# fail 0$/m);
  });

  it('has a transport that passes the conformance suite in node:test', async function () {
    this.timeout(120_000);
    write('gateway-transport');
    const environment = { ...process.env, NODE_TEST_CONTEXT: undefined };
    const args = [...LOADER, '--test', '--test-reporter=tap', write('gateway-transport.test')];
    const { stdout } = await run(process.execPath, args, { env: environment });
    expect(stdout)
      .to.match(/^# pass 21$/m)
      .and.match(/^# fail 0$/m);
  });

  it('has a directory of its own people, whom the user store finds', async () => {
    const { userStore, directory } = await runListing<Listing>('docs/testing.md', 'people', {});
    try {
      const user = await userStore.findUser({ username: 'lise' });
      expect(user).to.deep.include({ id: 'id-of-lise', displayName: 'Lise Meitner', phoneNumbers: ['+46701740621'] });
      expect(user && (await userStore.checkPassword(user, 'meitner'))).to.equal(true);
    } finally {
      await Promise.all([userStore.close(), directory.close()]);
    }
  });

  for (const [what, heading, source, name] of [
    ['the behaviours of messages', 'For messages:', 'interface MessageBehaviour', /^ {2}readonly (\w+)\?:/gm],
    ['the behaviours of connections', 'For connections,', 'interface ConnectionBehaviour', /^ {2}readonly (\w+)\?:/gm],
    ['the reactions', 'Reactions:', 'const REACTIONS', /^ {2}'(\w+)',$/gm],
  ] as const) {
    it(`has a table of ${what}, as the source has them`, () => {
      expect(tableAfter(heading)).to.deep.equal(namesIn('lib/simulator/smsc/behaviour.ts', source, name));
    });
  }

  it("has a table of the directory's misbehaviours, as the source has them", () => {
    const misbehaviours = namesIn('lib/simulator/directory/behaviour.ts', 'type Misbehaviour', /\bdo: '(\w+)'/g);
    expect(tableAfter("## The directory's moods")).to.deep.equal(misbehaviours);
  });

  it("has a table of the moods of a transport's network, as the source has them", () => {
    const moods = namesIn('lib/conformance/sms-transport-harness.ts', 'type NetworkMood', /^ {2}\| '(\w+)'/gm);
    expect(tableAfter('- `rehearse(mood, to)`')).to.deep.equal(moods);
  });

  it('names all states of receipts and all forms of ids', () => {
    const [, receipts = ''] = /^Receipts: (.*?)\.$/ms.exec(PAGE) ?? [];
    const [, ids = ''] = /^Ids: (.*?)\.$/m.exec(PAGE) ?? [];
    expect(wordsIn(receipts)).to.deep.equal(
      namesIn('lib/simulator/smsc/receipt.ts', 'const STATES', /^ {2}(\w+): \{/gm),
    );
    const [, forms = ''] =
      /const ID_FORMS = \[(.*)\]/.exec(readFileSync('lib/simulator/smsc/behaviour.ts', 'utf8')) ?? [];
    expect(wordsIn(ids).join()).to.equal(forms.replace(/[' ]/g, ''));
  });
});

/** The names in the first column of the table behind these words. */
function tableAfter(words: string): readonly string[] {
  const [, rest = ''] = PAGE.split(`\n${words}`);
  const [table = ''] = /^\|.*?(?=\n\n)/ms.exec(rest) ?? [];
  return wordsIn(table.replace(/^(\| `\w+` \|)?.*$/gm, '$1'));
}

function wordsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(/`(\w+)`/g), ([, word = '']) => word);
}

/** The declarations of this part of a source file, up to the next empty line that follows the end of it. */
function namesIn(file: string, start: string, name: RegExp): readonly string[] {
  const [, rest = ''] = readFileSync(file, 'utf8').split(start);
  const [declaration = ''] = /^.*?(?=\n\n)/s.exec(rest) ?? [];
  return Array.from(declaration.matchAll(name), ([, found = '']) => found);
}
