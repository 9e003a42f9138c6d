// Builds the package into dist/.
import { rmSync } from 'node:fs';
import { copyAssets } from './assets.mjs';
import { runNode } from './run.mjs';

rmSync('dist', { recursive: true, force: true });
runNode('node_modules/typescript/bin/tsc', '-p', 'lib');
copyAssets('lib', 'dist');
