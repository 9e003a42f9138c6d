import { readFileSync } from 'node:fs';

/**
 * Whether node_modules holds what package-lock.json names, each in its version. Read from the list that npm leaves in
 * node_modules as its last step: times of files say nothing after a fresh clone.
 */
export function areDependenciesInstalled() {
  const wanted = readPackages('package-lock.json');
  const found = readPackages('node_modules/.package-lock.json');
  // Left out by npm: the project itself, and optional packages that are made for other systems.
  const needed = Object.keys(wanted).filter((path) => path !== '' && !wanted[path].optional);
  return (
    needed.every((path) => path in found) &&
    Object.keys(found).every((path) => found[path].version === wanted[path]?.version)
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return {};
  }
}
