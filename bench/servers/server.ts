// One server under load, in a process of its own: `{ app, … }` names it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { answerParent, settings } from '../answer-parent.ts';

/** How a server is set up. */
export interface ServerSettings {
  readonly app: keyof typeof APPS;
  /** The load generator's ear for codes. */
  readonly phonePort?: number;
  /** Sessions in Redis; the shared state, too, unless it has a place of its own. */
  readonly redisPath?: string;
  /** The shared state in a Redis of its own. */
  readonly statePath?: string;
  /** The shared state in PostgreSQL; the sessions, too, unless they are in Redis. */
  readonly postgresUrl?: string;
  /** A real SMSC connection. */
  readonly smscUrl?: string;
  /** A real directory. */
  readonly directory?: { readonly url: string; readonly ca: string; readonly baseDn: string; readonly bindDn: string };
}

type CreateApp = (settings: ServerSettings) => Express | Promise<Express>;

const APPS = {
  bare: async () => (await import('./bare.ts')).createApp,
  session: async () => (await import('./session.ts')).createApp,
  'hand-written': async () => (await import('./hand-written.ts')).createApp,
  passport: async () => (await import('./passport.ts')).createApp,
  'better-auth': async () => (await import('./better-auth.ts')).createApp,
  'express-sms-otp': async () => (await import('./express-sms-otp.ts')).createApp,
} as const satisfies Record<string, () => Promise<CreateApp>>;

const own = settings<ServerSettings>();
const createApp: CreateApp = await APPS[own.app]();
const server = createServer({ keepAliveTimeout: 60_000 }, await createApp(own));
await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
const { port } = server.address() as AddressInfo;
answerParent({ url: () => `http://127.0.0.1:${port}` });
