/// <reference lib="dom" />
import type { Page } from 'playwright-core';

const BREAKOUTS = ['', '"', "'", '">', "'>", '</title>', '</p>', '</script>', '-->', '\u0000"'];
const MARKUP = [
  '<script>document.title = "hacked"</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><a href="javascript:alert(1)">x</a></svg>',
  ' autofocus onfocus=alert(1) x=',
  '&lt;b&gt;<b>&#60;i&#62;',
];
/** Texts that an attacker types: ways out of a text or an attribute, each before what must not be run. */
export const PAYLOADS = BREAKOUTS.flatMap((breakout) => MARKUP.map((markup) => breakout + markup));

/** Elements with the names of their attributes: what must be the same whatever the values are. */
export function nodesOf(page: Page, html: string): Promise<readonly string[]> {
  return page.evaluate((source) => {
    const elements = new DOMParser().parseFromString(source, 'text/html').querySelectorAll('*');
    return Array.from(elements, (it) => `${it.localName} ${it.getAttributeNames().join(' ')}`);
  }, html);
}
