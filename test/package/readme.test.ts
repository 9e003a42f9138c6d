import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { ENTRIES } from '../../scripts/entries.mjs';

const TSC = 'node_modules/typescript/bin/tsc';
const KOA_NEEDS = '../../node_modules/@types/content-disposition/index.d.ts';

describe('the README', () => {
  it('has a quick start that compiles', () => {
    const [, quickStart] = /^```ts\n(.*?)^```$/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
    if (quickStart === undefined) throw new Error('README.md has no block of TypeScript.');
    expect(compile(quickStart)).to.equal('');
  });
});

/** The messages of tsc on a program that imports the package by its name, with the source in place of a build. */
function compile(program: string): string {
  mkdirSync('.build', { recursive: true });
  const folder = mkdtempSync('.build/readme-');
  try {
    writeFileSync(`${folder}/quick-start.ts`, program);
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(configuration()));
    return spawnSync(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function configuration() {
  const paths = Object.entries(ENTRIES).map(([entry, module]) => [
    `express-sms-otp${entry.slice(1)}`,
    [`../../lib/${module}.ts`],
  ]);
  return {
    extends: '../../tsconfig.json',
    // The last is that of the tsconfig.json, whose paths these replace.
    compilerOptions: { paths: { ...Object.fromEntries(paths), 'content-disposition': [KOA_NEEDS] } },
    files: ['quick-start.ts'],
    include: ['../../lib/**/*.d.ts'],
  };
}
