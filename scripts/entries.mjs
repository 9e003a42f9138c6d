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

/** Entries for browsers, which load ES modules only. */
export const BROWSER_ENTRIES = ['./client'];

/** package.json's `exports`: for `require` the CommonJS build, and for `import` an ES module that hands on its exports. */
export function exportsOf(entries) {
  return Object.fromEntries(
    Object.entries(entries).map(([entry, module]) => [
      entry,
      BROWSER_ENTRIES.includes(entry)
        ? { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` }
        : {
            import: { types: `./dist/${module}.d.mts`, default: `./dist/${module}.mjs` },
            require: { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` },
          },
    ]),
  );
}
