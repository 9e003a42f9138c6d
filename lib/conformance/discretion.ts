import { inspect } from 'node:util';

/** Whether one of these texts is anywhere in the value, at any depth. */
export function tellsAny(secrets: readonly string[], value: unknown): boolean {
  const all = { depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity } as const;
  const text = inspect(value, { ...all, showHidden: true });
  return secrets.some((secret) => text.includes(secret));
}
