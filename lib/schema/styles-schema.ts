import { z } from 'zod';
import { describeIssue } from './check-options.ts';

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
  /** Replace the others if the person prefers dark pages. */
  readonly dark?: Properties;
}

/**
 * Nothing that ends a declaration, opens a block or a comment, loads a file, or leaves a quote or a parenthesis open.
 */
const VALUE = /^(?!.*(?:url|\/[/*]))(?:[\w#%., -]|\([\w#%.,+*/ -]*\)|"[\w. -]*"|'[\w. -]*')+$/i;
/** From this site only, as the pages' Content-Security-Policy requires. */
const LOGO = /^(?:none|url\(("?)\/(?!\/)[\w./~%-]+\1\))$/;
const PATH = /^\/(?![/\\])[\w./~%?=&-]*$/;

const path = like(PATH, 'must be a path on this site, as /login.css, or an object');
const value = like(VALUE, 'must be one CSS value, as #0b6e4f or 0.5rem').exactOptional();
const logo = like(LOGO, 'must be a picture of this site, as url(/logo.svg)').exactOptional();
const properties = { ...Object.fromEntries(STYLE_NAMES.map((name) => [name, value])), logo };
const values: z.ZodType<Styles> = z.strictObject({ ...properties, dark: z.strictObject(properties).exactOptional() });

/** The app's own stylesheet, or the content of one that we serve. */
export type OwnStylesheet = { readonly url: string } | { readonly css: string };

/** Not a union: its error would not say which of the values is wrong. */
export const stylesSchema = z.custom<string | Styles>().transform((styles, context): OwnStylesheet => {
  const isPath = typeof styles === 'string';
  const { error } = isPath ? path.safeParse(styles) : values.safeParse(styles, { error: describeIssue });
  for (const issue of error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  }
  return isPath ? { url: styles } : { css: error === undefined ? stylesheet(styles) : '' };
});

/** A stylesheet that sets the custom properties. */
function stylesheet({ dark = {}, ...always }: Styles): string {
  return `${rule(always)}\n@media (prefers-color-scheme: dark) {\n${rule(dark)}\n}\n`;
}

function rule(values: Properties): string {
  const declarations = Object.entries(values).map(([name, value]) => `${propertyOf(name)}: ${value};`);
  return `:root { ${declarations.join(' ')} }`;
}

export function propertyOf(name: string): string {
  return `--sms-otp-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function like(pattern: RegExp, problem: string): z.ZodString {
  return z.string(problem).refine((text) => text.length <= 200 && pattern.test(text), problem);
}
