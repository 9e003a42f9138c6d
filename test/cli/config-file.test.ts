import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { loadOptions } from '../../lib/cli/config-file.ts';
import { runHere } from '../support/command-line.ts';
import { useConfigFiles } from '../support/config-file.ts';

const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';

describe('the configuration file', () => {
  const write = useConfigFiles();

  for (const source of [
    'export const options = { appName: "One" };',
    'export default { appName: "One" };',
    'export const options = () => ({ appName: "One" });',
    'export default async () => ({ appName: "One" });',
    'export default Promise.resolve({ appName: "One" });',
    'export default { appName: "Two" }; export const options = { appName: "One" };',
  ]) {
    it(`may be written as ${source}`, async () => {
      expect(await loadOptions(write(source))).to.deep.equal({ appName: 'One' });
    });
  }

  for (const [title, source, complaint] of [
    ['exports nothing', '', 'it exports no options'],
    ['exports what are no options', 'export default 12;', 'it exports no options'],
    ['throws', "throw new RangeError('top-secret');", /it threw RangeError in line \d+\./],
    ['throws something that is not an Error', "throw 'top-secret';", 'it threw something that is not an Error'],
    [
      'gives a function that rejects',
      "export default async () => { throw new Error('top-secret'); };",
      /Error in line \d+/,
    ],
    ['imports a package that is not installed', "import 'no-such-package';", "Cannot find package 'no-such-package'"],
    ['is no JavaScript', "export const 'top-secret';", /it threw \w*Error/],
  ] as const) {
    it(`that ${title} is refused, and nothing of its own is shown`, async () => {
      const path = write(source);
      const { code, out, err } = await runHere(['phones', 'list', 'ada', '--config', path]);
      expect([code, out]).to.deep.equal([1, '']);
      expect(err).to.match(complaint instanceof RegExp ? complaint : new RegExp(complaint));
      expect(err).to.contain('sms-otp.config.mjs').and.not.contain('top-secret');
    });
  }

  for (const [title, source] of [
    ['the app', "import express from 'express';\nexport default express();"],
    ['a router', "import express from 'express';\nexport const options = express.Router();"],
    ['the middleware', 'export default Object.assign(() => {}, { requireSmsOtp() {} });'],
  ] as const) {
    it(`that exports ${title} is told from one that exports the options`, async () => {
      const failure = await loadOptions(write(source)).catch((error: unknown) => error);
      expect(String(failure)).to.contain('exports the app or the middleware').and.contain('export const options');
    });
  }

  for (const source of [
    'exports.options = { appName: "One" };',
    'module.exports = [{ options: { appName: "One" } }].at(0);',
    'module.exports = { appName: "One" };',
    'module.exports = [{ __esModule: true, default: { appName: "One" } }].at(0);',
  ]) {
    it(`may be CommonJS, as ${source}`, async () => {
      const path = `${dirname(write(''))}/sms-otp.config.cjs`;
      writeFileSync(path, source);
      expect(await loadOptions(path)).to.deep.equal({ appName: 'One' });
    });
  }

  it('that never comes to an end is given up', async () => {
    const failure = await loadOptions(write('await new Promise(() => undefined);'), 50).catch(
      (error: unknown) => error,
    );
    expect(String(failure)).to.contain('did not finish within 50 ms').and.contain('a server that is down');
  });

  it('that is not there is refused', async () => {
    const { code, err } = await runHere(['unlock', 'ada', '--config', 'no-such.config.js']);
    expect(code).to.equal(1);
    expect(err).to.contain('no-such.config.js: there is no such file').and.contain('--config');
  });

  it('that is there under another name is named', async () => {
    const path = write('export const options = {};');
    const { err } = await runHere(['unlock', 'ada', '--config', path.replace('.mjs', '.js')]);
    expect(err).to.contain(`there is no such file, but ${path} is there.\nName it (--config ${path}).\n`);
    expect(err).to.not.contain('tsx');
  });

  it('that is there in TypeScript is named, with how to have it read', async () => {
    const path = write('export const options = {};');
    const [asked, there] = [`${dirname(path)}/otp.js`, `${dirname(path)}/otp.ts`];
    writeFileSync(there, '');
    const { err } = await runHere(['unlock', 'ada', '--config', asked]);
    expect(err).to.contain(`but ${there} is there.\nName it (--config ${there}).\n`).and.contain('--import tsx');
  });

  for (const [code, message] of [
    ['ERR_UNKNOWN_FILE_EXTENSION', 'Unknown file extension ".ts" for /app/sms-otp.config.ts'],
    ['ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'TypeScript enum is not supported in strip-only mode'],
  ]) {
    it(`in TypeScript that Node does not read (${code}) is refused with the way to have it read`, async () => {
      const path = write(`throw Object.assign(new TypeError('${message}'), { code: '${code}' });`);
      const { code: exitCode, err } = await runHere(['unlock', 'ada', '--config', path]);
      expect(exitCode).to.equal(1);
      expect(err).to.contain('this Node cannot read its TypeScript.\nInstall tsx and run node --import tsx ');
    });
  }

  it('whose parts refuse their options is refused with all their problems', async () => {
    const path = write(
      "export const options = { transport: new SmppTransport({ smscs: [], source: 'top-secret€' }) };",
    );
    const { code, err } = await runHere(['unlock', 'ada', '--config', path]);
    expect(code).to.equal(1);
    expect(err).to.contain('SmppTransport.smscs').and.contain('SmppTransport.source').and.not.contain('top-secret');
  });

  it('with wrong options is refused with all problems', async () => {
    const path = write(`export const options = { secret: '${SECRET}', colour: 'blue' };`);
    const { code, err } = await runHere(['unlock', 'ada', '--config', path]);
    expect(code).to.equal(1);
    expect(err).to.contain('smsOtp.userStore').and.contain('smsOtp.colour').and.not.contain(SECRET);
  });
});
