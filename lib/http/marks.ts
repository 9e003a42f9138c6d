import { isSameText } from '../domain/keyring.ts';
import type { SignInRef } from '../domain/sign-in-record.ts';
import type { Deps } from './action.ts';
import type { Visitor } from './visitor.ts';

/** How many minutes a mark in a link is good for, beside the one in which it was made. */
const MINUTES = 2;

/** The gate has led here: the page's script may press the button that sends a code. */
export function pressMark(deps: Deps, visitor: Visitor): string {
  return mark(deps, 'press', nameOf(visitor));
}

export function isPressMark(deps: Deps, visitor: Visitor, value: unknown): boolean {
  return isMark(deps, 'press', nameOf(visitor), value);
}

/** The password was right a moment ago: a browser that comes without a session keeps no cookies. */
export function keptMark(deps: Deps): string {
  return mark(deps, 'kept', '');
}

export function isKeptMark(deps: Deps, value: unknown): boolean {
  return isMark(deps, 'kept', '', value);
}

/** A mark is worth something only to whom it was made for. */
function nameOf({ ref, currentUser }: Visitor): string {
  const { id, tag }: Partial<SignInRef> = ref ?? {};
  return JSON.stringify([id, tag, currentUser?.hash]);
}

function mark(deps: Deps, use: string, name: string, minute = minuteOf(deps)): string {
  return `${minute.toString(36)}.${deps.domain.keyring.hash('mark', use, name, String(minute))}`;
}

function isMark(deps: Deps, use: string, name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const minute = Number.parseInt(value, 36);
  const age = minuteOf(deps) - minute;
  return age >= 0 && age <= MINUTES && isSameText(value, mark(deps, use, name, minute));
}

function minuteOf({ clock }: Deps): number {
  return Math.floor(clock() / 60_000);
}
