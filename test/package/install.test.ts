import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { ENTRIES, InstalledPackage } from '../support/installed-package.ts';

/** Reports what an import leaves running, and which variables of the environment the package itself reads. */
const WATCH = `
import { getActiveResourcesInfo } from 'node:process';
const reads = new Set();
process.env = new Proxy(process.env, {
  get(env, name) {
    // The caller of this function: what Node reads while it loads the package is not counted.
    if (new Error().stack.split('\\n')[2].includes('express-sms-otp/dist')) reads.add(String(name));
    return env[name];
  },
});
const before = getActiveResourcesInfo();
for (const entry of process.argv.slice(2)) await import(entry);
console.log(JSON.stringify({ reads: [...reads], started: getActiveResourcesInfo().slice(before.length) }));
`;

/** Compares what `import` and `require` give for each entry. */
const ONE_COPY = `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const found = {};
for (const entry of process.argv.slice(2)) {
  const [imported, required] = [await import(entry), require(entry)];
  const names = Object.keys(required);
  const isSame = names.length > 0 && names.every((name) => imported[name] === required[name]);
  found[entry] = isSame && Object.keys(imported).length === names.length ? 'one copy' : 'another';
}
console.log(JSON.stringify(found));
`;

/** A part of an app that is CommonJS. */
const COMMONJS_APP = `
const { memoryState, smsOtp, MemoryUserStore, SmsOtpError } = require('express-sms-otp');
exports.refused = () => new SmsOtpError('CONFLICT', 'The list has changed.');
exports.state = memoryState;
const transport = { send: async () => ({ status: 'unknown' }) };
const secret = 'a secret of at least 32 bytes for this app';
const [appName, origin] = ['Example', 'http://localhost'];
exports.otp = smsOtp({ secret, appName, origin, transport, userStore: new MemoryUserStore([]), authRequired: false });
`;

/** The other part is an ES module. */
const BOTH_IN_ONE_APP = `
import express from 'express';
import session from 'express-session';
import { memoryState, SmsOtpError } from 'express-sms-otp';
import part from './app.cjs';
const app = express();
app.use(session({ secret: 'a secret', resave: false, saveUninitialized: false }), part.otp);
app.get('/', (req, res) => res.json({
  isOurError: part.refused() instanceof SmsOtpError, isSameMemory: part.state === memoryState, stage: req.smsOtp.stage,
}));
const server = app.listen(0, '127.0.0.1', async () => {
  console.log(await (await fetch('http://127.0.0.1:' + server.address().port)).text());
  await part.otp.close();
  server.close();
});
`;

describe('the installed package', function () {
  // Each compiler reads all declarations of all dependencies.
  this.timeout(300_000);
  let project: InstalledPackage;

  before(() => {
    project = new InstalledPackage();
  });

  after(() => project?.close());

  it('holds the build, the papers and the documentation, and nothing else', () => {
    const isBuild = /^dist\/(?:.*(?:\.m?js|\.d\.m?ts)|(?:(?:cli|client\/esm)\/)?package\.json)$/;
    const isDocument = /^docs\/(?:[^/]+\.md|openapi\.json|images\/[^/]+\.png|ops\/[^/]+\.(?:md|yml|json))$/;
    const others = project.files.filter((file) => !isBuild.test(file) && !isDocument.test(file));
    expect(others).to.have.members(['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json']);
    expect(project.files.filter((file) => /\.test\.|tsconfig/.test(file))).to.deep.equal([]);
  });

  it('holds every document that its README links but the one for contributors', () => {
    const links = readFileSync('README.md', 'utf8').matchAll(/\]\((?<path>[\w./-]+\.md)/g);
    const linked = Array.from(links, ({ groups }) => groups?.path).filter((path) => path !== 'CONTRIBUTING.md');
    expect(linked).to.not.be.empty;
    expect(project.files).to.include.members(linked);
  });

  it('holds every picture that its documents show, and no other', () => {
    const documents = project.files.filter((file) => file.endsWith('.md')).map((file) => readFileSync(file, 'utf8'));
    const shown = documents.flatMap((text) => text.match(/(?<=["(](?:docs\/)?images\/)[\w-]+\.png/g) ?? []);
    const pictures = project.files.filter((file) => file.endsWith('.png'));
    expect(pictures).to.have.members([...new Set(shown)].map((name) => `docs/images/${name}`));
    expect(pictures).to.not.be.empty;
  });

  it('runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(scripts).to.not.have.any.keys('preinstall', 'install', 'postinstall', 'prepare');
  });

  it('is imported by an ES module and required by a CommonJS one, every entry, as one copy of the code', () => {
    project.write('app.mjs', ONE_COPY);
    const shared = Object.fromEntries(ENTRIES.map((entry) => [entry, 'one copy']));
    expect(JSON.parse(project.node('app.mjs', ...ENTRIES).stdout)).to.deep.equal(shared);
  });

  it('shares its errors, its memory and its requests between both kinds of modules', () => {
    project.write('app.cjs', COMMONJS_APP);
    project.write('both.mjs', BOTH_IN_ONE_APP);
    const { stdout, stderr } = project.node('both.mjs');
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout)).to.deep.equal({ isOurError: true, isSameMemory: true, stage: 'none' });
  });

  it('is CommonJS all the way for a program that requires it, but for the peer oidc-provider', () => {
    const entries = ENTRIES.filter((entry) => !entry.endsWith('/oidc'));
    project.write('app.cjs', 'for (const entry of process.argv.slice(2)) require(entry);');
    const [major = 0] = process.versions.node.split('.').map(Number);
    const flag = major < 25 ? '--no-experimental-require-module' : '--no-require-module';
    expect(project.node(flag, 'app.cjs', ...entries).stderr).to.equal('');
  });

  it('has its client as ES modules, too, which a browser loads as they are', () => {
    const folder = 'node_modules/express-sms-otp/dist/client/esm';
    project.write(
      'client.mjs',
      `import { smsOtpClient } from './${folder}/index.js'; console.log(Object.keys(smsOtpClient()).length > 0);`,
    );
    expect(project.node('client.mjs')).to.include({ stdout: 'true\n', stderr: '' });
    const modules = project.list(folder).filter((file) => file.endsWith('.js'));
    const code = modules.map((file) => readFileSync(join(project.folder, folder, file), 'utf8'));
    const loaded = code.flatMap((text) => text.match(/(?<=from ')[^']+/g) ?? []);
    expect(modules.map((file) => `./${file}`)).to.include.members(loaded);
  });

  it('gives a bundle for browsers the ES modules of its client, by a condition that Node does not have', () => {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(Object.keys(exports['./client'])).to.deep.equal(['require', 'node', 'default']);
    expect(exports['./client'].default.default).to.equal('./dist/client/esm/index.js');
  });

  it('is packed at most 1.3 times as large as 0.1.0, which had 490 707 bytes', () => {
    expect(project.packedBytes).to.be.below(1.3 * 490_707);
  });

  it('has declarations that an entry leads to, and no other', () => {
    const declared = project.files.filter((file) => file.endsWith('.d.ts'));
    expect(declared).to.include.members(['dist/options.d.ts', 'dist/smpp/smpp-options.d.ts', 'dist/errors.d.ts']);
    expect(declared.filter((file) => /^dist\/(?:cli\/|http\/router)/.test(file))).to.deep.equal([]);
  });

  it('has no import.meta but in the command', () => {
    const isCode = (file: string) => /^dist\/(?!cli\/).*js$/.test(file);
    const code = project.files.filter(isCode).map((file) => join(project.folder, 'node_modules/express-sms-otp', file));
    expect(code).to.not.be.empty;
    expect(code.filter((file) => readFileSync(file, 'utf8').includes('import.meta'))).to.deep.equal([]);
  });

  it('does nothing when it is imported: starts nothing, reads no variable and no file but of packages', () => {
    project.write('watch.mjs', WATCH);
    const [major = 0] = process.versions.node.split('.').map(Number);
    const permission = major < 24 ? '--experimental-permission' : '--permission';
    const readable = [project.folder, resolve('node_modules')].map((folder) => `--allow-fs-read=${folder}/*`);
    expect(project.node(permission, ...readable, 'watch.mjs', ...ENTRIES).stdout).to.equal(
      '{"reads":[],"started":[]}\n',
    );
  });

  it('has a command that npm can link', () => {
    const { status, stdout } = spawnSync(join(project.folder, 'node_modules/.bin/express-sms-otp'), ['--help'], {
      encoding: 'utf8',
    });
    expect(status).to.equal(0);
    expect(stdout).to.include('doctor');
  });

  for (const [compiler, modes] of Object.entries({
    typescript: ['node16', 'nodenext', 'bundler'],
    'typescript-5.8': ['nodenext'],
    'typescript-5.4': ['node16', 'nodenext', 'bundler'],
  })) {
    const { version } = JSON.parse(readFileSync(`node_modules/${compiler}/package.json`, 'utf8'));
    for (const mode of modes) {
      const languages = mode === 'bundler' ? ['mts'] : ['mts', 'cts'];
      it(`compiles with TypeScript ${version}, ${mode} (${languages.join(', ')})`, () => {
        for (const language of languages) project.write(`app.${language}`, program(language));
        project.write('tsconfig.json', configuration(mode, languages));
        const tsc = resolve(`node_modules/${compiler}/bin/tsc`);
        const { stdout, status } = project.node(tsc, '-p', '.', '--pretty', 'false');
        expect({ stdout, status }).to.deep.equal({ stdout: '', status: 0 });
      });
    }
  }

  it('loads numbering plans for SMPP, the engine for Redis and the diagnostics of LDAP only when they are used', () => {
    project.write(
      'parts.cjs',
      `require('express-sms-otp/redis');
      const { SmppTransport } = require('express-sms-otp/smpp');
      new SmppTransport({ smscs: ['smpp://user:password@127.0.0.1:2775'], source: 'Example' }).close();
      const { LdapUserStore } = require('express-sms-otp/ldap');
      new LdapUserStore({ url: 'ldap://127.0.0.1', baseDn: 'dc=example,dc=org' }).close();
      const loaded = (part) => Object.keys(require.cache).some((file) => file.includes(part));
      const atFirstUse = ['libphonenumber-js', 'redis-engine', 'redis-connection', 'ldap/diagnostics', 'write-access'];
      console.log([...atFirstUse, 'redis-state', 'ldap-user-store'].map(loaded).join(' '));`,
    );
    const none = Array.from({ length: 5 }, () => false).join(' ');
    expect(project.node('parts.cjs')).to.include({ stdout: `${none} true true\n`, stderr: '' });
  });

  it('loads neither ldapts, nor smpp, nor an optional peer, nor an adapter with the main entry', () => {
    for (const name of ['ldapts', 'smpp', 'oidc-provider', 'redis', '@opentelemetry/api'])
      project.remove(`node_modules/${name}`);
    for (const folder of ['ldap', 'smpp', 'simulator', 'oidc', 'cli', 'conformance', 'telemetry']) {
      project.remove(`node_modules/express-sms-otp/dist/${folder}`);
    }
    project.write('main.mjs', "import { smsOtp } from 'express-sms-otp'; console.log(smsOtp.name);");
    expect(project.node('main.mjs').stdout).to.equal('smsOtp\n');
  });
});

/** Imports every entry, and uses a type of the main one that reaches into Express. */
function program(language: string): string {
  const imports = ENTRIES.map((entry, index) =>
    language === 'cts' ? `import e${index} = require('${entry}');` : `import * as e${index} from '${entry}';`,
  );
  const all = ENTRIES.map((_, index) => `e${index}`);
  const handler = "export const stage = (req: import('express').Request): e0.Stage => req.smsOtp.stage;";
  return [...imports, `export const all = [${all}];`, handler].join('\n');
}

function configuration(mode: string, languages: readonly string[]): string {
  // The types of koa (3.0.3) mean version 1 of this package, which has none of its own; Express brings version 2.
  const paths = { 'content-disposition': [resolve('node_modules/@types/content-disposition/index.d.ts')] };
  const module = mode === 'bundler' ? 'esnext' : mode;
  const compilerOptions = {
    ...{ module, moduleResolution: mode, target: 'es2022', lib: ['es2022'], types: ['node'], paths },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
  };
  return JSON.stringify({ compilerOptions, files: languages.map((language) => `app.${language}`) });
}
