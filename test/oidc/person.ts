import { agent, type Response } from 'supertest';
import { type Agent, getPage, postForm } from '../support/app.ts';
import { CALLBACK, type IdentityProvider } from './identity-provider.ts';

const PASSWORDS: Readonly<Record<string, string>> = { ada: 'lovelace', alan: 'turing', grace: 'hopper' };

type Site = Pick<IdentityProvider, 'url' | 'transport'>;

/** Somebody with a browser and a phone. */
export class Person {
  readonly jar: Agent;
  /** The requests so far. */
  readonly asked: ('password' | 'code')[] = [];
  readonly #site: Site;
  readonly #username: string;

  constructor(site: Site, username = 'ada', jar: Agent = agent(site.url)) {
    this.#site = site;
    this.#username = username;
    this.jar = jar;
  }

  /** Follows redirects, by whatever means, to a page, or away from the site. @returns the address where they end */
  async open(path: string): Promise<string> {
    let [address, redirects] = [path, 0];
    for (;;) {
      const { status, headers, text } = await getPage(this.jar, address).redirects(0);
      const refresh = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text)?.[1];
      if (status !== 302 && status !== 303 && refresh === undefined) return address;
      address = this.#shorten(refresh ?? String(headers.location));
      if (address.startsWith(CALLBACK)) return address;
      redirects += 1;
      if (redirects > 20) throw new Error(`Redirects without an end, at ${address}`);
    }
  }

  /** Does whatever the pages ask for. @returns the address at which there is nothing more to do */
  async signIn(path: string): Promise<string> {
    let address = await this.open(path);
    while (address.startsWith('/auth/')) address = await this.open(await this.#answer(address));
    return address;
  }

  async typePassword(fields: Readonly<Record<string, string>> = {}): Promise<Response> {
    this.asked.push('password');
    const typed = { username: this.#username, password: PASSWORDS[this.#username] ?? '' };
    return postForm(this.jar, '/auth/login', { ...fields, ...typed });
  }

  async typeCode(fields: Readonly<Record<string, string>> = {}): Promise<Response> {
    this.asked.push('code');
    return postForm(this.jar, '/auth/code', { ...fields, code: this.#site.transport.lastCode() });
  }

  /** Posts the form of one page, with its hidden field. @returns where it leads */
  async #answer(address: string): Promise<string> {
    const { pathname, searchParams } = new URL(address, this.#site.url);
    const hidden = Object.fromEntries(searchParams);
    if (pathname === '/auth/login') return this.#locationOf(await this.typePassword(hidden));
    const { body } = await this.jar.get('/auth/session');
    if (body.stage === 'code') return this.#locationOf(await this.typeCode(hidden));
    const [path, fields] = pathname === '/auth/number' ? [pathname, { number: '0' }] : ['/auth/code/send', {}];
    return this.#locationOf(await postForm(this.jar, path, { ...hidden, ...fields }));
  }

  #locationOf({ status, headers, text }: Response): string {
    if (status !== 303) throw new Error(`The page answered ${status}: ${text.slice(0, 200)}`);
    return this.#shorten(String(headers.location));
  }

  #shorten(location: string): string {
    return location.startsWith(this.#site.url) ? location.slice(this.#site.url.length) : location;
  }
}
