import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const AROUND = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'];

describe('the published package', () => {
  it('holds the build and the papers, and nothing else', () => {
    const files = packedFiles();
    expect(files.filter((file) => !file.startsWith('dist/'))).to.have.members(AROUND);
    expect(files.filter((file) => /\.test\.|tsconfig|\.map$|(?<!\.d)\.ts$/.test(file))).to.deep.equal([]);
  });

  it('runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(scripts).to.not.have.any.keys('preinstall', 'install', 'postinstall', 'prepare');
  });
});

function packedFiles(): readonly string[] {
  const [pack] = JSON.parse(execFileSync('npm', ['pack', '--json', '--dry-run'], { encoding: 'utf8', stdio: 'pipe' }));
  return pack.files.map(({ path }: { path: string }) => path);
}
