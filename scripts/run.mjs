import { spawnSync } from 'node:child_process';

/** Runs a Node script to its end and ends this process, too, if it fails. */
export function runNode(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
