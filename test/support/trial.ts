import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import type { Testbed } from '../../lib/simulator/index.ts';
import { Client } from './client.ts';

const ADA = { username: 'ada', password: 'lovelace' };
const HTML = { Accept: 'text/html' };

/** The environment that the configurations of the docs read. */
export function environmentOf({ directory, smsc }: Pick<Testbed, 'directory' | 'smsc'>): Record<string, string> {
  return {
    SESSION_SECRET: 'of the sessions',
    SMS_OTP_SECRET: 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE',
    ORIGIN: 'http://localhost:3000',
    LDAP_URL: directory.url,
    LDAP_BASE_DN: directory.baseDn,
    LDAP_BIND_DN: 'cn=service,dc=example,dc=org',
    LDAP_BIND_PASSWORD: 'service',
    SMPP_URL: smsc.url,
  };
}

/** A server that runs as a program of its own and prints its address. */
export class Trial {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  /** @throws Error with what it wrote to stderr, if it ends without an address */
  static async start(
    [command = '', ...args]: readonly string[],
    cwd: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<Trial> {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...environment };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const errors = text(child.stderr);
    for await (const line of createInterface(child.stdout)) {
      const [url] = /http:\/\/\S+:\d+/.exec(line) ?? [];
      if (url === undefined) continue;
      child.stdout.resume();
      return new Trial(url, child);
    }
    throw new Error(`${command} ${args.join(' ')} ended without an address: ${await errors}`);
  }

  /** Ends it as an operator does; gives its exit code. */
  async end(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    this.#child.kill('SIGTERM');
    const [code] = await once(this.#child, 'exit');
    return code;
  }
}

/**
 * Ada signs in with both factors, from the page with its stylesheet and its script to what is behind the gate.
 *
 * @returns her browser
 */
export async function expectSignIn(url: string, smsc: Testbed['smsc'], guarded = '/dashboard'): Promise<Client> {
  await expectLooks(url);
  const jar = new Client(url);
  expect(await jar.get(guarded)).to.include({ status: 401, code: 'SIGN_IN_REQUIRED' });
  const login = await jar.post('/auth/login', ADA);
  expect(login.status, JSON.stringify(login.body)).to.equal(200);
  expect(await jar.get(guarded)).to.include({ status: 401, code: 'SMS_OTP_REQUIRED' });
  const code = /\d{6}/.exec((await smsc.nextMessage('+46701740605')).text)?.[0];
  expect((await jar.post('/auth/code', { code })).status).to.equal(200);
  const answer = await fetch(url + guarded, { headers: { Cookie: jar.cookie } });
  expect(answer.status).to.equal(200);
  expect(await answer.text()).to.include('Hello Ada Lovelace');
  return jar;
}

/** The login page comes with its stylesheet and its script. */
async function expectLooks(url: string): Promise<void> {
  const page = await (await fetch(`${url}/auth/login`, { headers: HTML })).text();
  const files = page.match(/(?<=(?:href|src)=")\/auth\/assets\/[^"]+/g) ?? [];
  expect(files).to.have.members(['/auth/assets/sms-otp.css', '/auth/assets/sms-otp.js']);
  for (const [file, type, words] of [
    ['/auth/assets/sms-otp.css', 'text/css', ':root'],
    ['/auth/assets/sms-otp.js', 'text/javascript', 'addEventListener'],
  ] as const) {
    const answer = await fetch(url + file);
    expect(answer.status, file).to.equal(200);
    expect(answer.headers.get('content-type')).to.include(type);
    expect(await answer.text()).to.include(words);
  }
}
