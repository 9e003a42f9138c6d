/**
 * The URL of a text; `undefined` if it is none.
 *
 * `URL.canParse` of Node 20 and 22 says no to letters beyond ASCII once V8 has optimised its caller.
 */
export function urlOf(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
