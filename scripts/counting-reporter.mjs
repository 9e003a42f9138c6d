import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's own "spec" output, and the runner's counts as one line in the file that MOCHA_COUNTS names. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      writeFileSync(process.env.MOCHA_COUNTS, `${passes} passed, ${failures} failed${skipped}\n`);
    });
  }
}
