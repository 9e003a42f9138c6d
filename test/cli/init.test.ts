import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript-5.8';
import { loadOptions } from '../../lib/cli/config-file.ts';
import { readConfig } from '../../lib/config.ts';
import { onTerminal, runHere } from '../support/command-line.ts';

const SECRETS = /^(SESSION|SMS_OTP)_SECRET=([\w-]{43})$/gm;

describe('init', () => {
  let folder: string;

  beforeEach(() => {
    mkdirSync('.build', { recursive: true });
    folder = mkdtempSync('.build/init-');
    manifest({ type: 'module', dependencies: { 'express-session': '^1.18.0' } });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const manifest = (content: object) => writeFileSync(join(folder, 'package.json'), JSON.stringify(content));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const init = (...flags: readonly string[]) => runHere(['init', '--folder', folder, ...flags]);

  /** As the app, or the doctor, would load it. */
  async function load(name: string) {
    write(name, withOwnSource(read(name)));
    const environment = { ...process.env };
    const values = Object.fromEntries(
      [...read('.env').matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]),
    );
    Object.assign(process.env, values);
    try {
      return await loadOptions(join(folder, name));
    } finally {
      for (const key of Object.keys(values)) delete process.env[String(key)];
      Object.assign(process.env, environment);
    }
  }

  for (const [title, prepare, file, line] of [
    ['an app of ES modules', () => undefined, 'sms-otp.config.js', "import { smsOtp } from 'express-sms-otp';"],
    [
      'an app of CommonJS',
      () => manifest({ dependencies: { 'express-session': '^1.18.0' } }),
      'sms-otp.config.js',
      "const { smsOtp } = require('express-sms-otp');",
    ],
    [
      'an app in TypeScript',
      () => write('tsconfig.json', '{}'),
      'sms-otp.config.ts',
      "import { smsOtp } from 'express-sms-otp';",
    ],
  ] as const) {
    it(`writes options for ${title} that the app can start with, and prints three lines for it`, async () => {
      prepare();
      const { code, out } = await init('--app-name', "Ada's shop", '--country', 'SE');
      expect(code).to.equal(0);
      expect(out).to.contain(`  ${line}\n`).and.contain('\n  app.use(smsOtp(options));\n').and.not.contain('session(');
      expect(readConfig(await load(file))).to.deep.include({
        appName: "Ada's shop",
        defaultCountry: 'SE',
        origin: 'http://localhost:3000',
      });
    });
  }

  it('writes TypeScript that the strictest compiler takes', async () => {
    await init('--format', 'typescript', '--login-url', '/login');
    const path = join(folder, 'sms-otp.config.ts');
    write('sms-otp.config.ts', withOwnSource(read('sms-otp.config.ts')));
    const program = ts.createProgram([path], {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      types: ['node'],
    });
    const source = program.getSourceFile(path);
    const problems = ts.getPreEmitDiagnostics(program, source).map(({ messageText }) => messageText);
    expect(problems).to.deep.equal([]);
  });

  it('leaves the password to an app that has a login of its own', async () => {
    await init('--login-url', '/sign-in');
    const { loginUrl, currentUser } = await load('sms-otp.config.js');
    expect(loginUrl).to.equal('/sign-in');
    expect(currentUser?.({ user: { username: 'ada', role: 'x' } } as never)).to.deep.equal({
      username: 'ada',
      amr: ['pwd'],
    });
    expect(currentUser?.({} as never)).to.equal(undefined);
  });

  it('makes two secrets of 256 bits, other ones each time, in a file that nobody else may read', async () => {
    await init();
    const first = [...read('.env').matchAll(SECRETS)].map(([, , secret]) => secret);
    rmSync(join(folder, 'sms-otp.config.js'));
    rmSync(join(folder, '.env'));
    const { out } = await init();
    const second = [...read('.env').matchAll(SECRETS)].map(([, , secret]) => secret);
    expect(new Set([...first, ...second]).size).to.equal(4);
    expect(statSync(join(folder, '.env')).mode & 0o077).to.equal(0);
    for (const secret of second) expect(out).to.not.contain(secret);
  });

  it('adds to a .env what it lacks, and changes no line of it', async () => {
    write('.env', '# ours\nexport SESSION_SECRET=kept\nPORT=3000');
    const { out } = await init();
    expect(read('.env')).to.match(/^# ours\nexport SESSION_SECRET=kept\nPORT=3000\nSMS_OTP_SECRET=.{43}\nORIGIN=/);
    expect(out).to.contain('Added to .env: SMS_OTP_SECRET, ORIGIN, LDAP_URL');
  });

  it('writes nothing over a configuration that is there', async () => {
    write('sms-otp.config.js', '// ours');
    const { code, err } = await init();
    expect([code, err]).to.deep.equal([1, 'sms-otp.config.js is there already; nothing was written.\n']);
    expect(read('sms-otp.config.js')).to.equal('// ours');
    expect(() => read('.env')).to.throw('ENOENT');
  });

  it('asks for what no flag gives', async () => {
    const answers = ['Ada & Co', '', 'NO', '/login'];
    const { code } = await runHere(['init', '--folder', folder], '', ...answers);
    expect(code).to.equal(0);
    expect(read('sms-otp.config.js')).to.contain("appName: 'Ada & Co'").and.contain("source: 'AdaCo'");
    expect(await load('sms-otp.config.js')).to.include({ defaultCountry: 'NO', loginUrl: '/login' });
  });

  it('says that it was cancelled and writes nothing if Ctrl-C or Ctrl-D comes at a question', async function () {
    if (process.platform !== 'linux') this.skip();
    for (const key of ['\x03', '\x04']) {
      const { code, out } = await onTerminal(
        ['init', '--folder', folder, '--app-name', 'App'],
        'Address that people',
        key,
      );
      expect(code).to.equal(1);
      expect(out).to.match(/\nCancelled: there was no answer\.\s*$/);
      expect(readdirSync(folder)).to.deep.equal(['package.json']);
    }
  });

  it('refuses answers that no app could start with, before it writes', async () => {
    const { code, err } = await init('--origin', 'localhost:3000/app', '--country', 'Sweden', '--login-url', 'login');
    expect(code).to.equal(2);
    expect(err).to.contain('init.origin').and.contain('init.country').and.contain('init.loginUrl');
    expect(() => read('sms-otp.config.js')).to.throw('ENOENT');
  });

  it('tells of a .env that would be committed, and of an app without a session', async () => {
    manifest({ type: 'module' });
    const { out } = await init();
    expect(out).to.contain('Add .env to .gitignore').and.contain('npm install express-session');
    expect(out).to.contain("  import session from 'express-session';\n");
    rmSync(join(folder, 'sms-otp.config.js'));
    write('.gitignore', 'node_modules\n.env\n');
    expect((await init()).out).to.not.contain('.gitignore');
  });

  it('names the declarations that an app in TypeScript lacks', async () => {
    write('tsconfig.json', '{}');
    const session = { dependencies: { 'express-session': '^1.18.0' } };
    manifest({ ...session, devDependencies: { '@types/node': '^20.0.0' } });
    expect((await init()).out).to.contain('npm install -D @types/express @types/express-session\n');
    rmSync(join(folder, 'sms-otp.config.ts'));
    const all = { '@types/node': '*', '@types/express': '*', '@types/express-session': '*' };
    manifest({ ...session, devDependencies: all });
    expect((await init()).out).to.not.contain('npm install');
  });

  it('writes JavaScript for a server in JavaScript, whatever is beside it', async () => {
    write('tsconfig.json', '{}');
    write('server.js', "import express from 'express';");
    expect((await init()).out)
      .to.contain('Wrote sms-otp.config.js.')
      .and.contain('npx express-sms-otp doctor  ');
  });

  it('takes JavaScript beside what it was compiled from for no server, and reads no folder', async () => {
    write('tsconfig.json', '{}');
    write('server.ts', "import express from 'express';");
    write('server.js', "import express from 'express';");
    mkdirSync(join(folder, 'old.js'));
    expect((await init()).out).to.contain('Wrote sms-otp.config.ts.');
  });

  it('says how the doctor reads a configuration in TypeScript', async () => {
    write('tsconfig.json', '{}');
    expect((await init()).out).to.match(/doctor --config (FILE .* what your compiler makes|sms-otp\.config\.ts)/);
  });

  it('names its file as the modules of the app name each other', async () => {
    write('tsconfig.json', '{}');
    expect((await init()).out).to.contain("from './sms-otp.config.js'");
    rmSync(join(folder, 'sms-otp.config.ts'));
    write('tsconfig.json', '{\n  "compilerOptions": {\n    "rewriteRelativeImportExtensions": true\n  }\n}');
    expect((await init()).out).to.contain("from './sms-otp.config.ts'");
  });

  it('says where it is to be run', async () => {
    rmSync(join(folder, 'package.json'));
    const { code, err } = await init();
    expect([code, err.split('\n')[0]]).to.deep.equal([1, 'There is no package.json here.']);
  });

  it('leads to the addresses that the simulator has by default', async () => {
    await init();
    expect(read('.env')).to.contain('LDAP_URL=ldap://127.0.0.1:3890\n').and.contain('SMPP_URL=smpp://127.0.0.1:2775\n');
  });
});

/** The source in place of the package, which is not installed here. */
function withOwnSource(text: string): string {
  const own = (file: string) => new URL(`../../lib/${file}${extname(import.meta.url)}`, import.meta.url);
  return text
    .replace(/(import type .*from )'express-sms-otp'/, `$1'${own('index').pathname}'`)
    .replaceAll("'express-sms-otp/ldap'", `'${own('ldap/index').pathname}'`)
    .replaceAll("'express-sms-otp/smpp'", `'${own('smpp/index').pathname}'`);
}
