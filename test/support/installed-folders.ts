import { existsSync, readFileSync } from 'node:fs';

/** The fields of a package.json that are read. */
export interface InstalledManifest {
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** These packages and all that they need, by folder, as Node finds them from the repository. */
export function installedFolders(
  names: readonly string[],
  from = '.',
  found = new Map<string, InstalledManifest>(),
): Map<string, InstalledManifest> {
  for (const name of names) {
    const nested = `${from}/node_modules/${name}`;
    const folder = from !== '.' && existsSync(nested) ? nested : `node_modules/${name}`;
    if (found.has(folder)) continue;
    const manifest = manifestIn(folder);
    found.set(folder, manifest);
    installedFolders(Object.keys(manifest.dependencies ?? {}), folder, found);
  }
  return found;
}

export function manifestIn(folder: string): InstalledManifest {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
}
