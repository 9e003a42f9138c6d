import { inspect } from 'node:util';

/** Whether one of these texts is in the value, however deep. */
export function tellsAny(secrets: readonly string[], value: unknown): boolean {
  const all = { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity } as const;
  const text = inspect(value, { ...all, showHidden: true });
  return secrets.some((secret) => text.includes(secret));
}
