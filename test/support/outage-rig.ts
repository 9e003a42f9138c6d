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
import type { SharedServer } from './shared-server.ts';
import { type Slapd, startSlapd } from './slapd.ts';

const PEOPLE = 5000;
const BUSY = 51;
const QUEUE_FULL = 0x14;
/** Without receipts, what is known of a message is what its answer said. */
const QUIET = { receipt: 'none' } as const;

/** An app in a process of its own, and its four servers, each of which can get into trouble. */
export class OutageRig {
  readonly #proxies: Readonly<Record<Peer, FaultyProxy>>;
  readonly #servers: { readonly slapd: Slapd; readonly state: SharedServer; readonly sessions: SharedServer };
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

  /** @param startShared starts the server of the shared state, and that of the sessions */
  static async start(
    context: Mocha.Context,
    startShared: (context: Mocha.Context) => Promise<SharedServer>,
  ): Promise<OutageRig> {
    const parts = await startParts(context, startShared);
    const app = startApp(parts);
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
    else await this.#sharedServer(peer).fill(true);
  }

  async end({ peer, trouble }: Outage): Promise<void> {
    if (trouble !== 'full') await this.#proxies[peer].heal();
    else if (peer === 'SMSC') this.smsc.behave(QUIET);
    else if (peer === 'directory') this.#proxies[peer].leadTo(addressOf(this.#servers.slapd.url));
    else await this.#sharedServer(peer).fill(false);
  }

  /** The code in the last SMS to this number, as soon as there is one. */
  async codeFor({ number }: Person): Promise<string> {
    return /\d{6}/.exec((await this.smsc.nextMessage(number)).text)?.[0] ?? '';
  }

  /** Ends all of it; gives what the process said of rejections and other troubles of its own. */
  async close(): Promise<string> {
    const wasRunning = this.#app.exitCode === null;
    this.#app.disconnect();
    // A transport that loses its SMSC says so, and the guard of the sessions, as they should.
    const complaints = (await this.#complaints).replaceAll(/^.* express-sms-otp:(?:smpp|session) warning: .*\n/gm, '');
    for (const proxy of Object.values(this.#proxies)) proxy.close();
    const { slapd, state, sessions } = this.#servers;
    const servers = [slapd, state, sessions, this.smsc, this.#busyDirectory];
    await Promise.all(servers.map((server) => server.close()));
    return wasRunning ? complaints : `The process has ended. ${complaints}`;
  }

  #sharedServer(peer: 'shared state' | 'session store'): SharedServer {
    return this.#servers[peer === 'shared state' ? 'state' : 'sessions'];
  }
}

interface Parts {
  readonly slapd: Slapd;
  readonly state: SharedServer;
  readonly sessions: SharedServer;
  readonly smsc: SmscSimulator;
  readonly busyDirectory: DirectorySimulator;
  readonly proxies: Readonly<Record<Peer, FaultyProxy>>;
}

async function startParts(
  context: Mocha.Context,
  startShared: (context: Mocha.Context) => Promise<SharedServer>,
): Promise<Parts> {
  const slapd = await startSlapd(ldifPeople(PEOPLE));
  const [state, sessions] = [await startShared(context), await startShared(context)];
  const [smsc, busyDirectory] = [await startSmsc(), await startDirectory()];
  smsc.behave(QUIET);
  busyDirectory.behave({ do: 'answer', resultCode: BUSY });
  const proxies = {
    directory: await FaultyProxy.start(addressOf(slapd.url)),
    SMSC: await FaultyProxy.start(addressOf(smsc.url)),
    'shared state': await FaultyProxy.start(placeOf(state.url)),
    'session store': await FaultyProxy.start(placeOf(sessions.url)),
  };
  return { slapd, state, sessions, smsc, busyDirectory, proxies };
}

function startApp({ proxies, state, sessions }: Parts): ChildProcess {
  const extension = extname(import.meta.url);
  const script = fileURLToPath(new URL(`./outage-process${extension}`, import.meta.url));
  const execArgv = ['--unhandled-rejections=strict', ...(extension === '.ts' ? ['--import=tsx'] : [])];
  const urlThrough = ({ url }: SharedServer, { port }: FaultyProxy) =>
    url.startsWith('unix:') ? `redis://127.0.0.1:${port}` : url.replace(/:\d+\//, `:${port}/`);
  const addresses = [
    String(proxies.directory.port),
    String(proxies.SMSC.port),
    urlThrough(state, proxies['shared state']),
    urlThrough(sessions, proxies['session store']),
  ];
  return fork(script, addresses, { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

function placeOf(url: string): { path: string } | { host: string; port: number } {
  return url.startsWith('unix:') ? { path: new URL(url).pathname } : addressOf(url);
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
}
