import { agent, type Response } from 'supertest';
import { type Agent, getPage, postForm } from '../support/app.ts';
import { CALLBACK, type IdentityProvider } from './identity-provider.ts';

const PASSWORDS: Readonly<Record<string, string>> = { ada: 'lovelace', alan: 'turing', grace: 'hopper' };

/** Somebody with a browser and a phone. */
export class Person {
  readonly jar: Agent;
  /** What was asked for so far. */
  readonly asked: ('password' | 'code')[] = [];
  readonly #site: IdentityProvider;
  readonly #username: string;

  constructor(site: IdentityProvider, username = 'ada', jar: Agent = agent(site.url)) {
    this.#site = site;
    this.#username = username;
    this.jar = jar;
  }

  /** Follows redirects to a page, or away from the site. @returns the address where they end */
  async open(path: string): Promise<string> {
    let [address, redirects] = [path, 0];
    for (;;) {
      const { status, headers } = await getPage(this.jar, address).redirects(0);
      if (status !== 303) return address;
      address = this.#shorten(String(headers.location));
      if (address.startsWith(CALLBACK)) return address;
      redirects += 1;
      if (redirects > 20) throw new Error(`Redirects without an end, at ${address}`);
    }
  }

  /** Does whatever the pages ask for. @returns the address where there is nothing more to do */
  async signIn(path: string): Promise<string> {
    let address = await this.open(path);
    while (address.startsWith('/auth/')) address = await this.open(await this.#answer(address));
    return address;
  }

  async typePassword(returnTo?: string): Promise<Response> {
    this.asked.push('password');
    const fields = { username: this.#username, password: PASSWORDS[this.#username] ?? '' };
    return postForm(this.jar, '/auth/login', returnTo === undefined ? fields : { ...fields, returnTo });
  }

  async typeCode(): Promise<Response> {
    this.asked.push('code');
    return postForm(this.jar, '/auth/code', { code: this.#site.transport.lastCode() });
  }

  /** Fills in one page. @returns where it leads */
  async #answer(address: string): Promise<string> {
    const { pathname, searchParams } = new URL(address, this.#site.url);
    const returnTo = searchParams.get('returnTo') ?? undefined;
    if (pathname === '/auth/login') return this.#locationOf(await this.typePassword(returnTo));
    if (pathname === '/auth/number') {
      return this.#locationOf(await postForm(this.jar, '/auth/number', { number: '0', returnTo: returnTo ?? '/' }));
    }
    const { body } = await this.jar.get('/auth/session');
    if (body.stage === 'code') return this.#locationOf(await this.typeCode());
    return this.#locationOf(await postForm(this.jar, '/auth/code/send', returnTo === undefined ? {} : { returnTo }));
  }

  #locationOf({ status, headers, text }: Response): string {
    if (status !== 303) throw new Error(`The page answered ${status}: ${text.slice(0, 200)}`);
    return this.#shorten(String(headers.location));
  }

  #shorten(location: string): string {
    return location.startsWith(this.#site.url) ? location.slice(this.#site.url.length) : location;
  }
}
