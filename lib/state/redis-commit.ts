import type { CommitResult, Step } from '../domain/shared-state.ts';
import { foundBy, toMilliseconds, type Window } from './counter.ts';
import type { ScriptCall } from './redis-connection.ts';
import { RedisFault } from './redis-faults.ts';
import type { RedisKeys } from './redis-keys.ts';

/** The steps as the script takes them: short texts, which cost Redis less than JSON. */
export function toCall(steps: readonly Step[], keys: RedisKeys): ScriptCall {
  const places: string[] = [];
  const facts: string[] = [];
  let letters = '';
  const add = (key: string, letter: string, ...own: readonly string[]): void => {
    places.push(keys.placeOf(key));
    letters += letter;
    facts.push(...own);
  };
  for (const step of steps) addStep(step, add);
  return { keys: places, arguments: [letters, ...facts] };
}

function addStep(step: Step, add: (key: string, letter: string, ...own: readonly string[]) => void): void {
  if ('read' in step) add(step.read, 'r');
  else if ('count' in step) add(step.count, 'r');
  else if ('expect' in step) add(step.expect, 'e', step.value === undefined ? '' : `=${step.value}`);
  else if ('write' in step) {
    const letter = step.ifAbsent === undefined ? 'w' : step.ifAbsent === 'skip' ? 's' : 'n';
    add(step.write, letter, `=${step.value}`, String(toMilliseconds(step.ttlSeconds)));
  } else if ('charge' in step) {
    // Lua's own infinity is written in other ways by other versions of it.
    const atMost = Math.min(step.atMost, Number.MAX_SAFE_INTEGER);
    add(step.charge, 'c', String(toMilliseconds(step.windowSeconds)), String(atMost));
  } else if ('refund' in step) add(step.refund, 'f', String(step.chargedAt ?? ''));
  else add(step.remove, 'd');
}

/** @throws RedisFault if the answer is not that of the script */
export function readReply(steps: readonly Step[], reply: unknown): CommitResult {
  const [refusal, now] = Array.isArray(reply) ? reply.slice(steps.length) : [];
  if (!Array.isArray(reply) || typeof refusal !== 'number' || typeof now !== 'number') throw notOurs();
  const found = steps.map((step, index) => foundBy(step, readHeld(reply[index]), now));
  return refusal > 0 ? { refusedBy: refusal - 1, found, now } : { found, now };
}

function readHeld(raw: unknown): string | Window | undefined {
  if (raw === null) return undefined;
  if (typeof raw !== 'string') throw notOurs();
  if (raw.startsWith('=')) return raw.slice(1);
  // Anything else was written by another version.
  return raw.startsWith('#') ? readWindow(raw) : raw;
}

function readWindow(raw: string): Window {
  const [total, startedAt, milliseconds] = raw.slice(1).split(' ').map(Number);
  if (total === undefined || startedAt === undefined || milliseconds === undefined) throw notOurs();
  return { total, startedAt, milliseconds };
}

function notOurs(): RedisFault {
  return new RedisFault('Redis answered a script in a form that is not known.');
}
