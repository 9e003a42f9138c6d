// The eleven session stores of docs/stores.md: their packages, their server, and how an app makes each of them.
const POSTGRES = (port) => `postgres://postgres@127.0.0.1:${port}/postgres`;
const MARIADB = (port) => ({ host: '127.0.0.1', port, user: 'root', database: 'test' });
const ignore = () => undefined;

/**
 * By name. `open` makes the store as its README does: `load` imports a package, `session` is express-session, `place` has the
 * port of the server and a folder for files.
 */
export const STORES = {
  'connect-redis': {
    packages: ['connect-redis@10.0.0', 'redis@6.3.1'],
    server: 'Redis',
    async open({ load, place }) {
      const [{ RedisStore }, { createClient }] = [await load('connect-redis'), await load('redis')];
      const client = createClient({ socket: { host: '127.0.0.1', port: place.port }, disableOfflineQueue: true });
      client.on('error', ignore);
      await client.connect();
      return new RedisStore({ client });
    },
  },
  'connect-pg-simple': {
    packages: ['connect-pg-simple@10.0.0', 'pg@8.23.1'],
    server: 'PostgreSQL',
    async open({ load, session, place }) {
      const [{ default: connect }, { default: pg }] = [await load('connect-pg-simple'), await load('pg')];
      const pool = new pg.Pool({ connectionString: POSTGRES(place.port) });
      pool.on('error', ignore);
      return new (connect(session))({ pool, createTableIfMissing: true, errorLog: ignore });
    },
  },
  'connect-session-knex': {
    packages: ['connect-session-knex@5.0.0', 'knex@3.3.0', 'pg@8.23.1'],
    server: 'PostgreSQL',
    async open({ load, place }) {
      const [{ ConnectSessionKnexStore }, { default: knex }] = [await load('connect-session-knex'), await load('knex')];
      return new ConnectSessionKnexStore({ knex: knex({ client: 'pg', connection: POSTGRES(place.port) }) });
    },
  },
  'connect-session-sequelize': {
    packages: ['connect-session-sequelize@8.0.6', 'sequelize@6.37.8', 'mysql2@3.24.6'],
    server: 'MariaDB',
    async open({ load, session, place }) {
      const [{ default: connect }, { Sequelize }] = [await load('connect-session-sequelize'), await load('sequelize')];
      const db = new Sequelize({ dialect: 'mysql', logging: false, username: 'root', ...MARIADB(place.port) });
      const store = new (connect(session.Store))({ db });
      await store.sync();
      return store;
    },
  },
  'express-mysql-session': {
    packages: ['express-mysql-session@3.0.3', 'mysql2@3.24.6'],
    server: 'MariaDB',
    async open({ load, session, place }) {
      const { default: connect } = await load('express-mysql-session');
      const store = new (connect(session))(MARIADB(place.port));
      await store.onReady();
      return store;
    },
  },
  'connect-memcached': {
    packages: ['connect-memcached@3.0.0'],
    server: 'memcached',
    async open({ load, session, place }) {
      const { default: connect } = await load('connect-memcached');
      return new (connect(session))({ hosts: [`127.0.0.1:${place.port}`] });
    },
  },
  'connect-sqlite3': {
    packages: ['connect-sqlite3@0.9.18', 'better-sqlite3@12.11.1'],
    server: 'a file',
    async open({ load, session, place }) {
      const { default: connect } = await load('connect-sqlite3');
      return new (connect(session))({ dir: place.folder, db: 'connect.sqlite' });
    },
  },
  'better-sqlite3-session-store': {
    packages: ['better-sqlite3-session-store@0.1.0', 'better-sqlite3@12.11.1'],
    server: 'a file',
    async open({ load, session, place }) {
      const [{ default: connect }, { default: Database }] = [
        await load('better-sqlite3-session-store'),
        await load('better-sqlite3'),
      ];
      return new (connect(session))({ client: new Database(`${place.folder}/better.sqlite`) });
    },
  },
  'session-file-store': {
    packages: ['session-file-store@1.5.0'],
    server: 'files',
    async open({ load, session, place }) {
      const { default: connect } = await load('session-file-store');
      return new (connect(session))({ path: `${place.folder}/sessions`, logFn: ignore });
    },
  },
  'connect-loki': {
    packages: ['connect-loki@1.2.0'],
    server: 'a file',
    async open({ load, session, place }) {
      const { default: connect } = await load('connect-loki');
      return new (connect(session))({ path: `${place.folder}/loki.db`, logErrors: false });
    },
  },
  memorystore: {
    packages: ['memorystore@1.6.8'],
    server: 'the memory',
    async open({ load, session }) {
      const { default: connect } = await load('memorystore');
      return new (connect(session))({ checkPeriod: 86_400_000 });
    },
  },
};
