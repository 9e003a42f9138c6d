import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const PARTS = {
  LdapUserStore: 'ldap/index',
  MemoryUserStore: 'index',
  SmppTransport: 'smpp/index',
  memoryState: 'index',
  redisState: 'state/redis-state',
};
const IMPORTS = Object.entries(PARTS).map(
  ([name, file]) =>
    `import { ${name} } from '${new URL(`../../lib/${file}${extname(import.meta.url)}`, import.meta.url)}';`,
);

/** A configuration file of an app, in a folder of its own from which the app's packages are found. */
export interface ConfigFile {
  readonly path: string;
  remove(): void;
}

/** @param source which may use the parts of this package without importing them */
export function writeConfig(source: string): ConfigFile {
  mkdirSync('.build', { recursive: true });
  const folder = mkdtempSync('.build/config-');
  const path = join(folder, 'sms-otp.config.mjs');
  writeFileSync(path, `${[...IMPORTS, "import { createClient } from 'redis';"].join('\n')}\n${source}\n`);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/** Gives a function that writes configuration files, and removes them after each test. @returns its path */
export function useConfigFiles(): (source: string) => string {
  const files: ConfigFile[] = [];
  afterEach(() => {
    for (const file of files.splice(0)) file.remove();
  });
  return (source) => {
    const file = writeConfig(source);
    files.push(file);
    return file.path;
  };
}
