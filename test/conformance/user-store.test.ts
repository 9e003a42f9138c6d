import { spawnSync } from 'node:child_process';
import { scryptSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { testUserStore } from '../../lib/conformance/user-store.ts';
import type { OpenUserStore, SamplePerson } from '../../lib/conformance/user-store-harness.ts';
import type { UserStore } from '../../lib/domain/ports.ts';
import { LdapUserStore } from '../../lib/ldap/ldap-user-store.ts';
import { startDirectory } from '../../lib/simulator/directory/directory.ts';
import { MemoryUserStore } from '../../lib/state/memory-user-store.ts';
import { runListing } from '../support/listing.ts';
import { SqlTables } from '../support/sql-tables.ts';

const BASE = 'ou=people,dc=example,dc=org';

describe('the conformance suite for user stores', () => {
  describe('passes LdapUserStore', () => {
    testUserStore({ describe, it }, { open: openLdap });
  });

  describe('passes MemoryUserStore', () => {
    testUserStore({ describe, it }, { open: openMemory, leaveOut: ['outage'] });
  });

  describe('passes the SQL example of the documentation', () => {
    let folder: string;
    let complaints: string;
    let sqlUserStore: (query: SqlTables['query']) => UserStore;

    before(async () => {
      mkdirSync('.build', { recursive: true });
      folder = mkdtempSync('.build/user-store-');
      const [, listing] = /^```ts\n(.*?)^```$/ms.exec(readFileSync('docs/user-store.md', 'utf8')) ?? [];
      writeFileSync(`${folder}/sql-user-store.ts`, listing ?? '');
      complaints = compile(folder);
      ({ sqlUserStore } = await import(resolve(folder, 'out', folder, 'sql-user-store.js')));
    });

    after(() => rmSync(folder, { recursive: true }));

    it('which compiles', () => {
      expect(complaints).to.equal('');
    });

    testUserStore(
      { describe, it },
      {
        async open(people) {
          const tables = new SqlTables(people);
          return { store: sqlUserStore(tables.query), breakDown: () => tables.goDown() };
        },
      },
    );

    if (isBuiltin('node:sqlite')) {
      describe('over SQLite', () => {
        testUserStore(
          { describe, it },
          {
            async open(people) {
              const database = sqliteOf(people);
              const { query } = await runListing<SqlTables>('docs/user-store.md', 'sqlite', { database });
              return { store: sqlUserStore(query), breakDown: () => database.close() };
            },
          },
        );
      });
    }
  });
});

interface Database {
  exec(text: string): void;
  prepare(text: string): { run(...values: (string | null)[]): unknown };
  close(): void;
}

/** The tables of the documentation, with these people. */
function sqliteOf(people: readonly SamplePerson[]): Database {
  const sqlite: { DatabaseSync: new (path: string) => Database } = createRequire(import.meta.url)('node:sqlite');
  const database = new sqlite.DatabaseSync(':memory:');
  database.exec(`CREATE TABLE people (id TEXT PRIMARY KEY, username TEXT UNIQUE, display_name TEXT, salt TEXT, hash TEXT);
    CREATE TABLE phone_numbers (person_id TEXT, number TEXT, PRIMARY KEY (person_id, number))`);
  const person = database.prepare('INSERT INTO people VALUES (?, ?, ?, ?, ?)');
  const number = database.prepare('INSERT INTO phone_numbers VALUES (?, ?)');
  for (const { username, displayName, password, phoneNumbers } of people) {
    const hash = scryptSync(password, 'salt', 32).toString('hex');
    person.run(`id-${username}`, username, displayName ?? null, 'salt', hash);
    for (const each of phoneNumbers) number.run(`id-${username}`, each);
  }
  return database;
}

/** Leaves plain JavaScript in the folder's own `out`, and says what is wrong. */
function compile(folder: string): string {
  const compilerOptions = { noEmit: false, rootDir: '../..', outDir: 'out' };
  const configuration = { extends: '../../tsconfig.json', compilerOptions, files: ['sql-user-store.ts'], include: [] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(configuration));
  const tsc = 'node_modules/typescript/bin/tsc';
  return spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' }).stdout;
}

async function openLdap(people: readonly SamplePerson[]): Promise<OpenUserStore> {
  const entries = people.map(({ username, password, displayName, phoneNumbers }) => ({
    dn: `uid=${username},${BASE}`,
    password,
    attributes: {
      objectClass: ['inetOrgPerson'],
      uid: [username],
      entryUUID: [`id-of-${username}`],
      ...(displayName !== undefined && { displayName: [displayName] }),
      ...(phoneNumbers.length > 0 && { mobile: phoneNumbers }),
    },
  }));
  const directory = await startDirectory({ entries });
  const account = { bindDn: 'cn=service,dc=example,dc=org', bindPassword: 'service' };
  const store = new LdapUserStore({ url: directory.url, baseDn: BASE, ...account });
  return { store, breakDown: () => directory.close(), close: () => directory.close().catch(() => {}) };
}

async function openMemory(people: readonly SamplePerson[]): Promise<OpenUserStore> {
  return { store: new MemoryUserStore(people) };
}
