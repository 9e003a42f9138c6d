// Builds the package into dist/: CommonJS, and beside each entry an ES module that hands on the same exports, so that a
// process has one copy of the code however it is loaded. The command line and the client for browsers are made of ES modules.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BROWSER_ENTRIES, ENTRIES, exportsOf } from './entries.mjs';
import { runNode } from './run.mjs';

const STAGE = '.build/package';
const ASSET = /readFileSync\(new URL\('(?<path>\.\/assets\/[^']+)', import\.meta\.url\), 'utf8'\)/g;

writeExports();
rmSync('dist', { recursive: true, force: true });
rmSync(STAGE, { recursive: true, force: true });
stage();
runNode('node_modules/typescript/bin/tsc', '-p', STAGE);
for (const folder of ['', 'cli', 'client'])
  cpSync(join(STAGE, folder, 'package.json'), join('dist', folder, 'package.json'));
for (const [entry, module] of Object.entries(ENTRIES)) if (!BROWSER_ENTRIES.includes(entry)) writeModule(module);

/** tsc goes by the nearest package.json: in a copy of lib/ it can say other than for the source, which is ES modules. */
function stage() {
  cpSync('lib', STAGE, { recursive: true });
  write('package.json', { type: 'commonjs', sideEffects: false });
  for (const folder of ['cli', 'client']) write(`${folder}/package.json`, { type: 'module', sideEffects: false });
  const compilerOptions = { rootDir: '.', outDir: resolve('dist'), verbatimModuleSyntax: false, noUnusedLocals: false };
  write('tsconfig.json', { extends: resolve('lib/tsconfig.json'), compilerOptions, include: ['.'] });
  for (const file of readdirSync(STAGE, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.ts')) putAssetsInto(join(STAGE, file));
  }
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
