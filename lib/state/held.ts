import type { Window } from './counter.ts';

/** The text that a store keeps under a key: a value as `=…`, a counter as `#total start window`, in milliseconds. */
export function readHeld(text: string): string | Window {
  if (text.startsWith('=')) return text.slice(1);
  // Anything else was written by another version.
  return text.startsWith('#') ? readWindow(text) : text;
}

function readWindow(text: string): Window {
  const [total = 0, startedAt = 0, milliseconds = 0] = text.slice(1).split(' ').map(Number);
  return { total, startedAt, milliseconds };
}
