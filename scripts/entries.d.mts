export const ENTRIES: Readonly<Record<string, string>>;
export const BROWSER_ENTRIES: readonly string[];
export function exportsOf(entries: Readonly<Record<string, string>>): Readonly<Record<string, unknown>>;
