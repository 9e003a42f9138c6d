import { z } from 'zod';

/** The custom properties of our stylesheet, without their prefix. */
export const STYLE_NAMES = [
  'accent',
  'onAccent',
  'background',
  'surface',
  'text',
  'muted',
  'border',
  'error',
  'errorSurface',
  'radius',
  'font',
  'logo',
] as const;

type Properties = { readonly [Name in (typeof STYLE_NAMES)[number]]?: string };

/** Each is the custom property `--sms-otp-…` of that name. */
export interface Styles extends Properties {
  /** In place of the others where the person prefers dark pages. */
  readonly dark?: Properties;
}

/** Nothing that ends a declaration, opens a block or a comment, or leaves a quote or a parenthesis open. */
const VALUE = /^(?:[\w#%., -]|\([\w#%.,+*/ -]*\)|"[\w. -]*"|'[\w. -]*')+$/;
/** From this site, as the pages' Content-Security-Policy wants it. */
const LOGO = /^url\("?\/(?!\/)[\w./~%-]+"?\)$/;
const MAX_LENGTH = 200;

const value = z.string().max(MAX_LENGTH).regex(VALUE, 'must be one CSS value, as #0b6e4f or 0.5rem');
const logo = z.string().max(MAX_LENGTH).regex(LOGO, 'must be a picture of this site, as url(/logo.svg)');
const properties = {
  ...Object.fromEntries(STYLE_NAMES.map((name) => [name, value.exactOptional()])),
  logo: logo.exactOptional(),
};

export const stylesSchema: z.ZodType<Styles> = z.strictObject({
  ...properties,
  dark: z.strictObject(properties).exactOptional(),
});

/** The stylesheet that sets them. */
export function stylesheet({ dark = {}, ...always }: Styles): string {
  return `${rule(always)}\n@media (prefers-color-scheme: dark) {\n${rule(dark)}\n}\n`;
}

function rule(values: Properties): string {
  const declarations = Object.entries(values).map(([name, value]) => `${propertyOf(name)}: ${value};`);
  return `:root { ${declarations.join(' ')} }`;
}

export function propertyOf(name: string): string {
  return `--sms-otp-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
