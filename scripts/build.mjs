// Builds the package into dist/: CommonJS, and beside each entry an ES module that hands on the same exports, so that a
// process has one copy of the code however it is loaded. The command line is made of ES modules; what browsers load is there
// as ES modules, too. The code has no comments: those that users read are in the declarations.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BROWSER_ENTRIES, ENTRIES, exportsOf } from './entries.mjs';
import { runNode } from './run.mjs';

const STAGE = '.build/package';
/** Modules that not every app needs, or none while it loads, by the files that load them at their first use. */
const AT_FIRST_USE = {
  'schema/option-values': ['../domain/phone-number.js'],
  'smpp/smpp-schema': ['../domain/phone-number.js'],
  'smpp/routes': ['../domain/phone-number.js'],
  'smpp/diagnostics': ['../domain/phone-number.js'],
  'ldap/ldap-user-store': ['./diagnostics.js', './write-access.js'],
  'state/redis-state': ['./redis-engine.js', './redis-connection.js'],
};
const ASSET = /readFileSync\(new URL\('(?<path>\.\/assets\/[^']+)', import\.meta\.url\), 'utf8'\)/g;

writeExports();
rmSync('dist', { recursive: true, force: true });
rmSync(STAGE, { recursive: true, force: true });
stage();
compile('code', { rootDir: '.', outDir: resolve('dist'), declaration: false, removeComments: true }, ['.']);
compile('types', { rootDir: '.', outDir: resolve('dist'), emitDeclarationOnly: true }, ['.']);
for (const folder of ['', 'cli']) cpSync(join(STAGE, folder, 'package.json'), join('dist', folder, 'package.json'));
for (const [module, others] of Object.entries(AT_FIRST_USE)) {
  for (const other of others) loadAtFirstUse(`dist/${module}.js`, other);
}
requireLanguages('dist/locales/languages.js');
for (const module of Object.values(ENTRIES)) writeModule(module);
for (const entry of BROWSER_ENTRIES) compileForBrowsers(dirname(ENTRIES[entry]));
removeUnreachableTypes();

/** tsc goes by the nearest package.json: in a copy of lib/ it can say other than for the source, which is ES modules. */
function stage() {
  cpSync('lib', STAGE, { recursive: true });
  write('package.json', { type: 'commonjs', sideEffects: false });
  write('cli/package.json', { type: 'module', sideEffects: false });
  for (const file of readdirSync(STAGE, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.ts')) putAssetsInto(join(STAGE, file));
  }
}

function compile(name, options, include) {
  const compilerOptions = { verbatimModuleSyntax: false, noUnusedLocals: false, ...options };
  write(`tsconfig.${name}.json`, { extends: resolve('lib/tsconfig.json'), compilerOptions, include });
  runNode('node_modules/typescript/bin/tsc', '-p', join(STAGE, `tsconfig.${name}.json`));
}

/** The folder of an entry alone: it imports no more than types of others. */
function compileForBrowsers(folder) {
  const outDir = resolve('dist', folder, 'esm');
  const alone = { noResolve: true, noCheck: true, declaration: false, removeComments: true };
  compile(folder, { rootDir: folder, outDir, module: 'esnext', moduleResolution: 'bundler', ...alone }, [folder]);
  writeFileSync(join(outDir, 'package.json'), JSON.stringify({ type: 'module', sideEffects: false }));
}

/** In CommonJS as tsc writes it, each use of an import names its module. */
function loadAtFirstUse(file, module) {
  const code = readFileSync(file, 'utf8');
  const load = `require("${module}")`;
  const statement = code.split('\n').find((line) => line.endsWith(` = ${load};`));
  if (statement === undefined) throw new Error(`${file} does not load ${module}`);
  const [, variable] = statement.split(' ');
  const used = new Set(Array.from(code.matchAll(new RegExp(`${variable}\\.(\\w+)`, 'g')), ([, name]) => name));
  const getters = Array.from(used, (name) => `get ${name}() { return ${load}.${name}; }`);
  writeFileSync(file, code.replace(statement, `const ${variable} = { ${getters.join(', ')} };`));
}

/** A test runner with modules of its own, as Jest, refuses `import()`; of CommonJS `require` gives the same. */
function requireLanguages(file) {
  const code = readFileSync(file, 'utf8');
  const complete = code.replaceAll(/await import\((?<path>'\.\/[\w-]+\.js')\)/g, 'require($<path>)');
  if (complete === code || complete.includes('import('))
    throw new Error(`${file} loads no languages, or not by import()`);
  writeFileSync(file, complete);
}

/** No compiler reads a declaration that no entry leads to. */
function removeUnreachableTypes() {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from |import |import\()['"](?<path>\.[^'"]+)['"]/g);
    for (const { groups } of specifiers) visit(join(dirname(file), groups.path.replace(/(?:\.[jt]s)?$/, '.d.ts')));
  };
  for (const module of Object.values(ENTRIES)) visit(join('dist', `${module}.d.ts`));
  const files = readdirSync('dist', { recursive: true, encoding: 'utf8' }).map((file) => join('dist', file));
  for (const file of files) if (file.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
}

/** A bundle, or a test runner that loads modules its own way, would not find files beside the code. */
function putAssetsInto(file) {
  const source = readFileSync(file, 'utf8');
  const textOf = (_call, path) => JSON.stringify(readFileSync(join(dirname(file), path), 'utf8'));
  const complete = source.replace(ASSET, textOf);
  if (complete !== source) writeFileSync(file, complete);
}

function writeModule(module) {
  // As tsc writes them; a peer that is not there, or warns, need not be loaded.
  const hits = readFileSync(`dist/${module}.js`, 'utf8').matchAll(/(?:^|= )exports\.(?<name>\w+)(?= = )/gm);
  const names = [...new Set(Array.from(hits, ({ groups }) => groups.name))]
    .filter((name) => name !== '__esModule')
    .sort();
  const file = `./${module.split('/').at(-1)}.js`;
  writeFileSync(`dist/${module}.mjs`, `export { ${names.join(', ')} } from '${file}';\n`);
  writeFileSync(`dist/${module}.d.mts`, `export * from '${file}';\n`);
}

function writeExports() {
  const text = readFileSync('package.json', 'utf8');
  const manifest = JSON.parse(text);
  const complete = `${JSON.stringify({ ...manifest, exports: exportsOf(ENTRIES) }, null, 2)}\n`;
  if (complete !== text) writeFileSync('package.json', complete);
}

function write(file, value) {
  const path = join(STAGE, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}
