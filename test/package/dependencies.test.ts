import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

interface Manifest {
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const DIRECT = [
  '@otplib/hotp',
  '@otplib/plugin-crypto-node',
  'debug',
  'ldapts',
  'libphonenumber-js',
  'smpp',
  'tarn',
  'zod',
];
const LICENCES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'];

describe('the dependencies', () => {
  const { dependencies = {}, peerDependencies = {} } = manifestIn('.');
  const all = [...installed(Object.keys(dependencies), 'node_modules')];

  it('are these', () => {
    expect(Object.keys(dependencies)).to.have.members(DIRECT);
  });

  it('may all be used freely, also those of dependencies', () => {
    expect(all.filter(([, { license = 'none' }]) => !LICENCES.includes(license))).to.deep.equal([]);
  });

  it('run nothing when they are installed, and have nothing to compile', () => {
    const runsAtInstall = ([folder, { scripts = {} }]: [string, Manifest]) =>
      ['preinstall', 'install', 'postinstall'].some((name) => name in scripts) || existsSync(`${folder}/binding.gyp`);
    expect(all.filter(runsAtInstall).map(([folder]) => folder)).to.deep.equal([]);
  });

  it('leave what the app has anyway to the app', () => {
    expect(Object.keys(peerDependencies)).to.include.members(['express', 'express-session']);
  });
});

/** These packages and all that they need, by folder, as Node finds them. */
function installed(names: readonly string[], from: string, found = new Map<string, Manifest>()): Map<string, Manifest> {
  for (const name of names) {
    const nested = `${from}/node_modules/${name}`;
    const folder = existsSync(nested) ? nested : `node_modules/${name}`;
    if (found.has(folder)) continue;
    const manifest = manifestIn(folder);
    found.set(folder, manifest);
    installed(Object.keys(manifest.dependencies ?? {}), folder, found);
  }
  return found;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
}
