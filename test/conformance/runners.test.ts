import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import ts from 'typescript-5.8';
import { InstalledPackage } from '../support/installed-package.ts';

/** All three suites on implementations in memory; the broken ones break one promise each. */
const SUITES = `
import { MemoryUserStore, memoryState } from 'express-sms-otp';
import { testSharedState, testSmsTransport, testUserStore } from 'express-sms-otp/conformance';
import { MemoryNetwork, MemorySmsTransport } from './memory-sms-transport.mjs';

export function testAll(runner, isBroken) {
  testUserStore(runner, {
    leaveOut: ['outage'],
    async open(people) {
      const store = new MemoryUserStore(people);
      const checkPassword = store.checkPassword.bind(store);
      if (isBroken) store.checkPassword = (user, password) => checkPassword(user, password.trim());
      return { store };
    },
  });
  testSmsTransport(runner, {
    async open() {
      const network = new MemoryNetwork();
      const transport = new MemorySmsTransport(network);
      const health = transport.health.bind(transport);
      if (isBroken) transport.health = async () => ({ ...(await health()), smscs: {} });
      return { transport, received: () => network.received, rehearse: (mood, to) => network.rehearse(mood, to) };
    },
  });
  testSharedState(runner, {
    leaveOut: ['outage'],
    async open() {
      let now = Date.now();
      const state = memoryState({ clock: () => now });
      const pass = async (seconds) => void (now += seconds * 1000);
      const halves = async (steps) => state.commit(steps).then((result) => ({ ...result, now: result.now + 0.5 }));
      return { state: isBroken ? { ...state, commit: halves } : state, pass };
    },
  });
}
`;

const BROKEN = [
  'is ready if the network works',
  'tells the time of its clock in whole milliseconds',
  'refuses a wrong password, and one that is only nearly right',
];

/** In TAP, as `node:test` writes it. */
const FAILURE = /^ *not ok \d+ - (.*)\n *---\n(?: .*\n)*? *failureType: 'testCodeFailure'/gm;

interface Outcome {
  readonly passed: number;
  readonly failed: readonly string[];
}

interface TestRunner {
  /** The beginning of a test file. */
  readonly opening: string;
  readonly command: (file: string) => readonly string[];
  readonly read: (output: string) => Outcome;
}

const RUNNERS: Readonly<Record<string, TestRunner>> = {
  mocha: {
    opening: '',
    command: (file) => [resolve('node_modules/mocha/bin/mocha.js'), '--timeout=60000', '--reporter=json', file],
    read(output) {
      const { stats, failures } = JSON.parse(output);
      return { passed: stats.passes, failed: failures.map(({ title }: { title: string }) => title) };
    },
  },
  'node:test': {
    opening: "import { describe, it } from 'node:test';",
    command: (file) => ['--test', '--test-reporter=tap', file],
    read: (output) => ({
      passed: Number(/^# pass (\d+)$/m.exec(output)?.[1]),
      // A group that a failure is in fails, too, by a failure of another type.
      failed: Array.from(output.matchAll(FAILURE), ([, title = '']) => title),
    }),
  },
  vitest: {
    opening: "import { describe, it } from 'vitest';",
    command: (file) => [
      resolve('node_modules/vitest/vitest.mjs'),
      'run',
      '--testTimeout=60000',
      '--reporter=json',
      file,
    ],
    read(output) {
      const tests: { title: string; status: string }[] = JSON.parse(output).testResults[0].assertionResults;
      const titled = (wanted: string) => tests.filter(({ status }) => status === wanted).map(({ title }) => title);
      return { passed: titled('passed').length, failed: titled('failed') };
    },
  },
};

describe('the conformance suites, in the installed package', function () {
  this.timeout(300_000);
  let project: InstalledPackage;

  before(() => {
    project = new InstalledPackage();
    project.link('vitest');
    const { outputText } = ts.transpileModule(readFileSync('test/conformance/memory-sms-transport.ts', 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    project.write('memory-sms-transport.mjs', outputText);
    project.write('suites.mjs', SUITES);
  });

  after(() => project?.close());

  for (const [name, runner] of Object.entries(RUNNERS)) {
    it(`pass what is right, and fail what is broken, with ${name}`, async () => {
      const promises = await allPromises();
      const [right, broken] = await Promise.all([run(runner, 'right'), run(runner, 'broken')]);
      expect(right).to.deep.equal({ passed: promises, failed: [] });
      expect(broken.failed).to.have.members(BROKEN);
      expect(broken.passed).to.equal(promises - BROKEN.length);
    });
  }

  async function run({ opening, command, read }: TestRunner, what: 'right' | 'broken'): Promise<Outcome> {
    const file = `${what}.test.mjs`;
    const call = `import { testAll } from './suites.mjs';\ntestAll({ describe, it }, ${what === 'broken'});\n`;
    project.write(file, `${opening}\n${call}`);
    return read(await project.outputOf(...command(file)));
  }

  /** How many there are: a runner that runs nothing counts them. */
  async function allPromises(): Promise<number> {
    let count = 0;
    const { testAll } = await import(pathToFileURL(join(project.folder, 'suites.mjs')).href);
    testAll({ describe: (_: string, body: () => void) => body(), it: () => ++count }, false);
    return count;
  }
});
