import { startTestbed, type Testbed } from '../../lib/simulator/index.ts';
import { InstalledPackage } from './installed-package.ts';
import { environmentOf, Trial } from './trial.ts';

export interface TrialProject {
  readonly project: InstalledPackage;
  /** New for each test. */
  readonly testbed: Testbed;
  /** Starts a program of the project with the simulators in its environment; the end of the test ends it. */
  start(...command: readonly string[]): Promise<Trial>;
}

/**
 * A project of ES modules with this package and the simulators, for the suite that calls this.
 *
 * @param beside a folder of `test/package/` that names the packages to install
 */
export function useTrialProject(beside: string, files: () => Readonly<Record<string, string>>): TrialProject {
  let project: InstalledPackage | undefined;
  let testbed: Testbed | undefined;
  let trial: Trial | undefined;
  before(() => {
    project = new InstalledPackage();
    project.installBeside(beside);
    const all = { 'package.json': '{ "private": true, "type": "module" }', ...files() };
    for (const [path, text] of Object.entries(all)) project.write(path, text);
  });
  after(() => project?.close());
  beforeEach(async () => {
    testbed = await startTestbed();
  });
  afterEach(async () => {
    await trial?.end();
    await testbed?.close();
  });
  return {
    get project() {
      return there(project);
    },
    get testbed() {
      return there(testbed);
    },
    async start(...command) {
      trial = await Trial.start([process.execPath, ...command], there(project).folder, environmentOf(there(testbed)));
      return trial;
    },
  };
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It is there in tests only.');
  return value;
}
