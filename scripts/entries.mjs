/** The names that an app can import, and the modules in lib/ that it gets: one line each. The build writes package.json's `exports`. */
export const ENTRIES = {
  '.': 'index',
  './ldap': 'ldap/index',
  './smpp': 'smpp/index',
  './simulator': 'simulator/index',
  './oidc': 'oidc/index',
  './telemetry': 'telemetry/index',
  './redis': 'state/redis-state',
  './postgres': 'state/postgres-state',
  './conformance': 'conformance/index',
  './client': 'client/index',
};

/** Entries that browsers load, too: as ES modules, without a bundler. */
export const BROWSER_ENTRIES = ['./client'];

/** package.json's `exports`: for `require` the CommonJS build, and for `import` an ES module that hands on its exports. */
export function exportsOf(entries) {
  return Object.fromEntries(
    Object.entries(entries).map(([entry, module]) => {
      const required = { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` };
      const imported = { types: `./dist/${module}.d.mts`, default: `./dist/${module}.mjs` };
      if (!BROWSER_ENTRIES.includes(entry)) return [entry, { import: imported, require: required }];
      const browser = { ...imported, default: `./dist/${module.replace('/', '/esm/')}.js` };
      return [entry, { require: required, node: imported, default: browser }];
    }),
  );
}
