export const ENTRIES: Readonly<Record<string, string>>;
export function exportsOf(entries: Readonly<Record<string, string>>): Readonly<Record<string, unknown>>;
