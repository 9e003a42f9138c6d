import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { type InstalledManifest, installedFolders, manifestIn } from '../support/installed-folders.ts';

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
  const all = [...installedFolders(Object.keys(dependencies))];

  it('are these', () => {
    expect(Object.keys(dependencies)).to.have.members(DIRECT);
  });

  it('may all be used freely, also those of dependencies', () => {
    expect(all.filter(([, { license = 'none' }]) => !LICENCES.includes(license))).to.deep.equal([]);
  });

  it('run nothing when they are installed, and have nothing to compile', () => {
    const runsAtInstall = ([folder, { scripts = {} }]: [string, InstalledManifest]) =>
      ['preinstall', 'install', 'postinstall'].some((name) => name in scripts) || existsSync(`${folder}/binding.gyp`);
    expect(all.filter(runsAtInstall).map(([folder]) => folder)).to.deep.equal([]);
  });

  it('leave what the app has anyway to the app', () => {
    expect(Object.keys(peerDependencies)).to.include.members(['express', 'express-session']);
  });
});
