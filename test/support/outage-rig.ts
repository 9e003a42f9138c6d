import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type DirectorySimulator, startDirectory } from '../../lib/simulator/directory/directory.ts';
import { type SmscSimulator, startSmsc } from '../../lib/simulator/smsc/smsc.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { ldifPeople, type Person, person } from './ldif-people.ts';
import type { Outage, Peer } from './outage-table.ts';
import { type Redis, startRedis } from './redis.ts';
import { type Slapd, startSlapd } from './slapd.ts';

const PEOPLE = 5000;
const BUSY = 51;
const QUEUE_FULL = 0x14;
/** Without receipts, what is known of a message is what its answer said. */
const QUIET = { receipt: 'none' } as const;

/** An app in a process of its own, and its four servers, each of which can get into trouble. */
export class OutageRig {
  readonly #proxies: Readonly<Record<Peer, FaultyProxy>>;
  readonly #servers: { readonly slapd: Slapd; readonly state: Redis; readonly sessions: Redis };
  readonly #busyDirectory: DirectorySimulator;
  readonly #app: ChildProcess;
  readonly #complaints: Promise<string>;
  readonly smsc: SmscSimulator;
  readonly url: string;
  #people = 0;

  private constructor(parts: Parts, app: ChildProcess, complaints: Promise<string>, url: string) {
    this.#proxies = parts.proxies;
    this.#servers = parts;
    this.#busyDirectory = parts.busyDirectory;
    this.smsc = parts.smsc;
    this.#app = app;
    this.#complaints = complaints;
    this.url = url;
  }

  static async start(context: Mocha.Context): Promise<OutageRig> {
    const parts = await startParts(context);
    const app = startApp(parts.proxies);
    const complaints = app.stderr === null ? Promise.resolve('') : text(app.stderr);
    const [{ url }] = (await once(app, 'message')) as [{ url: string }];
    return new OutageRig(parts, app, complaints, url);
  }

  /** A person whom nobody has been before. */
  newPerson(): Person {
    return person(this.#people++);
  }

  async begin({ peer, trouble }: Outage): Promise<void> {
    if (trouble !== 'full') this.#proxies[peer].suffer(trouble);
    else if (peer === 'SMSC') this.smsc.behave({ submitStatus: QUEUE_FULL });
    else if (peer === 'directory') this.#proxies[peer].leadTo(addressOf(this.#busyDirectory.url));
    else await this.#limitMemory(peer, '1');
  }

  async end({ peer, trouble }: Outage): Promise<void> {
    if (trouble !== 'full') await this.#proxies[peer].heal();
    else if (peer === 'SMSC') this.smsc.behave(QUIET);
    else if (peer === 'directory') this.#proxies[peer].leadTo(addressOf(this.#servers.slapd.url));
    else await this.#limitMemory(peer, '0');
  }

  /** The code in the last SMS to this number, as soon as there is one. */
  async codeFor({ number }: Person): Promise<string> {
    return /\d{6}/.exec((await this.smsc.nextMessage(number)).text)?.[0] ?? '';
  }

  /** Ends all of it; gives what the process said of rejections and other troubles of its own. */
  async close(): Promise<string> {
    const wasRunning = this.#app.exitCode === null;
    this.#app.disconnect();
    // A transport that loses its SMSC says so, as it should.
    const complaints = (await this.#complaints).replaceAll(/^.* express-sms-otp:smpp warning: .*\n/gm, '');
    for (const proxy of Object.values(this.#proxies)) proxy.close();
    const { slapd, state, sessions } = this.#servers;
    const servers = [slapd, state, sessions, this.smsc, this.#busyDirectory];
    await Promise.all(servers.map((server) => server.close()));
    return wasRunning ? complaints : `The process has ended. ${complaints}`;
  }

  async #limitMemory(peer: 'shared state' | 'session store', bytes: string): Promise<void> {
    const client = await this.#servers[peer === 'shared state' ? 'state' : 'sessions'].connect();
    await client.configSet('maxmemory', bytes);
  }
}

interface Parts {
  readonly slapd: Slapd;
  readonly state: Redis;
  readonly sessions: Redis;
  readonly smsc: SmscSimulator;
  readonly busyDirectory: DirectorySimulator;
  readonly proxies: Readonly<Record<Peer, FaultyProxy>>;
}

async function startParts(context: Mocha.Context): Promise<Parts> {
  const slapd = await startSlapd(ldifPeople(PEOPLE));
  const [state, sessions] = [await startRedis(context), await startRedis(context)];
  const [smsc, busyDirectory] = [await startSmsc(), await startDirectory()];
  smsc.behave(QUIET);
  busyDirectory.behave({ do: 'answer', resultCode: BUSY });
  const proxies = {
    directory: await FaultyProxy.start(addressOf(slapd.url)),
    SMSC: await FaultyProxy.start(addressOf(smsc.url)),
    'shared state': await FaultyProxy.start({ path: state.path }),
    'session store': await FaultyProxy.start({ path: sessions.path }),
  };
  return { slapd, state, sessions, smsc, busyDirectory, proxies };
}

function startApp(proxies: Readonly<Record<Peer, FaultyProxy>>): ChildProcess {
  const extension = extname(import.meta.url);
  const script = fileURLToPath(new URL(`./outage-process${extension}`, import.meta.url));
  const execArgv = ['--unhandled-rejections=strict', ...(extension === '.ts' ? ['--import=tsx'] : [])];
  const order: readonly Peer[] = ['directory', 'SMSC', 'shared state', 'session store'];
  const ports = order.map((peer) => String(proxies[peer].port));
  return fork(script, ports, { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
}
