import { createRequire } from 'node:module';

interface OwnPackage {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

/** What package.json says of this package. */
export function ownPackage(): OwnPackage {
  return createRequire(import.meta.url)('../../package.json');
}
