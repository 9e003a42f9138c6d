import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { installedFolders } from './installed-folders.ts';

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

interface Tarball {
  readonly path: string;
  /** As paths in the package. */
  readonly files: readonly string[];
  readonly bytes: number;
}

const MANIFEST: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
let packed: Tarball | undefined;

/** `express-sms-otp`, `express-sms-otp/ldap` and so on. */
export const ENTRIES: readonly string[] = Object.keys(MANIFEST.exports).map(
  (entry) => `express-sms-otp${entry.slice(1)}`,
);

/**
 * A project outside the repository with the tarball that npm packs in its node_modules. The package's
 * dependencies and peers are linked from the repository, so no network is needed; nothing else can be found. Tools that
 * read the configuration around each file, as webpack does with tsconfig.json, get copies.
 */
export class InstalledPackage {
  readonly folder = mkdtempSync(join(tmpdir(), 'express-sms-otp-'));
  readonly files: readonly string[];
  /** Of the tarball. */
  readonly packedBytes: number;

  constructor(manner: 'links' | 'copies' = 'links') {
    packed ??= pack();
    this.files = packed.files;
    this.packedBytes = packed.bytes;
    const home = join(this.folder, 'node_modules/express-sms-otp');
    mkdirSync(home, { recursive: true });
    execFileSync('tar', ['-xzf', packed.path, '--strip-components=1', '-C', home]);
    const { dependencies, peerDependencies, bin } = MANIFEST;
    const names = [...Object.keys({ ...dependencies, ...peerDependencies }), '@types/node'];
    if (manner === 'copies') this.#copy(names);
    else for (const name of names) this.link(name);
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

  /** Gives one package of the project another one of its own, from the repository's node_modules. */
  linkInto(owner: string, name: string): void {
    this.#link(resolve('node_modules', name), `${owner}/node_modules/${name}`);
  }

  /**
   * Installs what `test/package/NAME/package.json` names, with its own lock file, and makes it known to the project. Packages
   * that are there already, as the package's own dependencies, stay those of the repository.
   */
  installBeside(name: string): void {
    const modules = join(installFolder(name), 'node_modules');
    const installed = readdirSync(modules).filter((entry) => !entry.startsWith('.'));
    const scoped = (entry: string) => readdirSync(join(modules, entry)).map((inner) => `${entry}/${inner}`);
    for (const each of installed.flatMap((entry) => (entry.startsWith('@') ? scoped(entry) : [entry]))) {
      if (!existsSync(join(this.folder, 'node_modules', each))) this.#link(join(modules, each), each);
    }
  }

  write(file: string, text: string): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** The names in a folder of the project. */
  list(folder: string): readonly string[] {
    return readdirSync(join(this.folder, folder));
  }

  /** Removes a file, a folder or a link of the project, if it is there. */
  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true, force: true });
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

  /** Runs a command in the project, beside servers of this process. */
  async run(
    [command = '', ...args]: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly status: number | null }> {
    const { cwd, env } = this.#surroundings();
    const child = spawn(command, args, { cwd, env: { ...env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'exit');
    const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { stdout, stderr, status };
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** With all that they need, each in its place. */
  #copy(names: readonly string[]): void {
    const folders = [...installedFolders(names).keys()].filter((folder) => !folder.startsWith('node_modules/@types/'));
    for (const folder of folders) cpSync(folder, join(this.folder, folder), { recursive: true });
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

/** Once in a process: the source does not change meanwhile. */
function pack(): Tarball {
  const folder = mkdtempSync(join(tmpdir(), 'express-sms-otp-packed-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Packing has to build: what an earlier build left would hide that it does not.
  rmSync('dist', { recursive: true, force: true });
  const args = ['pack', '--ignore-scripts=false', '--foreground-scripts=false', '--json'];
  const packing = execFileSync('npm', [...args, '--pack-destination', folder], { stdio: 'pipe' });
  const [{ filename, files, size }] = JSON.parse(packing.toString());
  return { path: join(folder, filename), files: files.map(({ path }: { path: string }) => path), bytes: size };
}

/**
 * Installs what `test/package/NAME/package.json` names, with its own lock file, unless that is done; gives the folder. It is
 * outside test/, where a package may bring tests of its own.
 */
export function installFolder(name: string): string {
  const [source, folder] = [resolve('test/package', name), resolve('.build/beside', name)];
  const lock = readFileSync(join(source, 'package-lock.json'));
  const mark = join(folder, 'node_modules/.installed-lock.json');
  if (!existsSync(mark) || !readFileSync(mark).equals(lock)) {
    cpSync(source, folder, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' });
    writeFileSync(mark, lock);
  }
  return folder;
}
