import { isIP } from 'node:net';
import { z } from 'zod';
import { isCountry } from '../domain/phone-number.ts';
import { urlOf } from '../url.ts';

/** Path segments that every reader takes literally: no `.`, no `..`, nothing encoded. */
const PATH = /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/;

export const path = z.string().regex(PATH, 'must be a path as /auth, without a slash at its end');
export const url = z.string().regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/, 'must be a path on this site, as /login');
export const origin = z
  .string()
  .refine((text) => !hasLettersInHost(text), {
    error: 'must name its host in ASCII, which begins with xn-- (new URL(…).host gives it): browsers send it so',
    abort: true,
  })
  .refine(isOrigin, 'must be an origin as https://app.example.org, without a path');
export const country = z.string().refine((text) => isCountry(text), 'must be a country as SE');
const HOST = 'must be a host name or address, without a scheme, a port or brackets';
/** Letters of any script: the resolver writes them in ASCII. */
const HOST_NAME = /^[\p{L}\p{M}\p{N}_-]+(\.[\p{L}\p{M}\p{N}_-]+)*\.?$/u;
export const host = z
  .string(HOST)
  .refine((text) => text.length <= 255 && (isIP(text) !== 0 || HOST_NAME.test(text)), HOST);
export const secret = z.string().refine((text) => Buffer.byteLength(text) >= 32, 'must have at least 32 bytes');

/** A whole number within bounds; a refusal names both. */
export function wholeNumber(least: number, most: number, what = 'a whole number'): z.ZodInt {
  const problem = `must be ${what} from ${least} to ${most}`;
  return z.int(problem).min(least, problem).max(most, problem);
}

/** A time in seconds. */
export function seconds(least: number, most: number): z.ZodInt {
  return wholeNumber(least, most, 'a whole number of seconds');
}

export function callback<Type>(): z.ZodCustom<Type, Type> {
  return z.custom<Type>((value) => typeof value === 'function', 'must be a function');
}

/** An object of the app, recognised by its methods and kept as it is. */
export function object<Type extends object>(problem: string, ...methods: (keyof Type)[]): z.ZodCustom<Type, Type> {
  return z.custom<Type>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Type)[method] === 'function'),
    `${problem}, with ${methods.join(', ')}`,
  );
}

/** An internationalised host name (IDNA), as people write it. */
function hasLettersInHost(text: string): boolean {
  return /[^\0-\x7f]/.test(text) && urlOf(text)?.host.includes('xn--') === true;
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && urlOf(text)?.origin === text;
}
