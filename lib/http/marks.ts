import { isSameText } from '../domain/keyring.ts';
import type { SignInRef } from '../domain/sign-in-record.ts';
import type { Deps } from './action.ts';
import type { Visitor } from './visitor.ts';

/** How many minutes a mark in a link is good for something, beside the one in which it was made. */
const MINUTES = 2;
/** And how many it tells that a gate asks for a code: somebody may look at the page later. */
const ASKING_MINUTES = 60;
/** Another process may have made it, whose clock is ahead. */
const AHEAD_MINUTES = 1;

/** The gate has led here: the page's script may press the button that sends a code. */
export function pressMark(deps: Deps, visitor: Visitor): string {
  return mark(deps, 'press', nameOf(visitor));
}

export function isPressMark(deps: Deps, visitor: Visitor, value: unknown): boolean {
  return isMark(deps, 'press', nameOf(visitor), value, MINUTES);
}

/** A gate asks for a code, though both factors are there: it wants a fresh one. */
export function isAskingMark(deps: Deps, visitor: Visitor, value: unknown): boolean {
  return isMark(deps, 'press', nameOf(visitor), value, ASKING_MINUTES);
}

/** The password was right a moment ago: a browser that comes without a session keeps no cookies. */
export function keptMark(deps: Deps): string {
  return mark(deps, 'kept', '');
}

export function isKeptMark(deps: Deps, value: unknown): boolean {
  return isMark(deps, 'kept', '', value, MINUTES);
}

/** A mark is worth something only to whom it was made for. */
function nameOf({ ref, currentUser }: Visitor): string {
  const { id, tag }: Partial<SignInRef> = ref ?? {};
  return JSON.stringify([id, tag, currentUser?.hash]);
}

function mark(deps: Deps, use: string, name: string, minute = minuteOf(deps)): string {
  return `${minute.toString(36)}.${deps.domain.keyring.hash('mark', use, name, String(minute))}`;
}

function isMark(deps: Deps, use: string, name: string, value: unknown, minutes: number): boolean {
  if (typeof value !== 'string') return false;
  const minute = Number.parseInt(value, 36);
  const age = minuteOf(deps) - minute;
  return age >= -AHEAD_MINUTES && age <= minutes && isSameText(value, mark(deps, use, name, minute));
}

function minuteOf({ clock }: Deps): number {
  return Math.floor(clock() / 60_000);
}
