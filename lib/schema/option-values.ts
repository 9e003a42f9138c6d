import { z } from 'zod';
import { isCountry } from '../domain/phone-number.ts';

/** Path segments that mean themselves, whoever reads them. */
const PATH = /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/;

export const path = z.string().regex(PATH, 'must be a path as /auth, without a slash at its end');
export const url = z.string().regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/, 'must be a path on this site, as /login');
export const origin = z.string().refine(isOrigin, 'must be an origin as https://app.example.org, without a path');
export const country = z.string().refine(isCountry, 'must be a country as SE');
export const secret = z.string().refine((text) => Buffer.byteLength(text) >= 32, 'must have at least 32 bytes');

export function callback<Type>(): z.ZodCustom<Type, Type> {
  return z.custom<Type>((value) => typeof value === 'function', 'must be a function');
}

/** Somebody's object, kept as it is: known by its methods. */
export function object<Type extends object>(problem: string, ...methods: (keyof Type)[]): z.ZodCustom<Type, Type> {
  return z.custom<Type>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Type)[method] === 'function'),
    `${problem}, with ${methods.join(', ')}`,
  );
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}
