import { cpSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** Copies what tsc leaves behind, such as stylesheets: every file that is neither TypeScript nor its configuration. */
export function copyAssets(from, to) {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || !(path.endsWith('.ts') || basename(path) === 'tsconfig.json'),
  });
}
