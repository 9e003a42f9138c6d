import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, { readonly types: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const MANIFEST: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));

/** `express-sms-otp`, `express-sms-otp/ldap` and so on. */
export const ENTRIES: readonly string[] = Object.keys(MANIFEST.exports).map(
  (entry) => `express-sms-otp${entry.slice(1)}`,
);

/**
 * A project outside the repository with the tarball that npm packs in its node_modules. What the package may use, its
 * dependencies and peers, is linked from the repository, so no network is needed; nothing else can be found.
 */
export class InstalledPackage {
  readonly folder = mkdtempSync(join(tmpdir(), 'express-sms-otp-'));
  /** As paths in the package. */
  readonly files: readonly string[];

  constructor() {
    // Packing has to build: what an earlier build left would hide that it does not.
    rmSync('dist', { recursive: true, force: true });
    const args = ['pack', '--ignore-scripts=false', '--foreground-scripts=false', '--json'];
    const packing = execFileSync('npm', [...args, '--pack-destination', this.folder], { stdio: 'pipe' });
    const [{ filename, files }] = JSON.parse(packing.toString());
    this.files = files.map(({ path }: { path: string }) => path);
    const home = join(this.folder, 'node_modules/express-sms-otp');
    mkdirSync(home, { recursive: true });
    execFileSync('tar', ['-xzf', join(this.folder, filename), '--strip-components=1', '-C', home]);
    const { dependencies, peerDependencies, bin } = MANIFEST;
    for (const name of [...Object.keys({ ...dependencies, ...peerDependencies }), '@types/node']) {
      this.link(name);
    }
    for (const [name, file] of Object.entries(bin)) {
      chmodSync(join(home, file), 0o755);
      this.#link(join(home, file), `.bin/${name}`);
    }
    this.write('package.json', '{ "private": true }');
  }

  /** Makes one more package of the repository's node_modules known to the project. */
  link(name: string): void {
    this.#link(resolve('node_modules', name), name);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Removes a file, a folder or a link of the project. */
  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true });
  }

  /** Runs Node in the project. */
  node(...args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, args, { ...this.#surroundings(), encoding: 'utf8' });
  }

  /** The same beside what else runs; gives what it wrote. */
  outputOf(...args: readonly string[]): Promise<string> {
    const { stdout } = spawn(process.execPath, args, { ...this.#surroundings(), stdio: ['ignore', 'pipe', 'ignore'] });
    return text(stdout);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  #surroundings() {
    // It may not write where a coverage run collects its findings.
    return { cwd: this.folder, env: { ...process.env, NODE_V8_COVERAGE: undefined } };
  }

  #link(target: string, name: string): void {
    const path = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  }
}
