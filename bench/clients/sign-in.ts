import { nameOf, numberOf, PASSWORD } from '../servers/people.ts';
import type { Browser } from './browser.ts';
import type { Phone } from './phone.ts';

/** A whole sign-in: password, code out, code back, gated page. */
export type SignIn = (browser: Browser, person: number, phone: Phone) => Promise<void>;

/** How each server wants it. */
export const SIGN_INS = {
  async 'hand-written'(browser, person, phone) {
    await browser.post('/login', { username: nameOf(person), password: PASSWORD });
    await browser.post('/code', { code: await phone.code(numberOf(person)) });
    await browser.get('/');
  },
  async 'express-sms-otp'(browser, person, phone) {
    await browser.post('/auth/login', { username: nameOf(person), password: PASSWORD });
    await browser.post('/auth/code', { code: await phone.code(numberOf(person)) });
    await browser.get('/');
  },
  async 'better-auth'(browser, person, phone) {
    await browser.post('/api/auth/sign-in/email', { email: `${nameOf(person)}@example.org`, password: PASSWORD });
    await browser.post('/api/auth/two-factor/send-otp');
    await browser.post('/api/auth/two-factor/verify-otp', { code: await phone.code(numberOf(person)) });
    await browser.get('/');
  },
} as const satisfies Record<string, SignIn>;
