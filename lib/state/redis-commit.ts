import type { CommitResult, Step } from '../domain/shared-state.ts';
import { foundBy, readHeld, toLetters, type Window } from './encoding.ts';
import type { ScriptCall } from './redis-connection.ts';
import { RedisFault } from './redis-faults.ts';
import type { RedisKeys } from './redis-keys.ts';

/** The steps as the script takes them. */
export function toCall(steps: readonly Step[], places: RedisKeys): ScriptCall {
  const { letters, keys, facts } = toLetters(steps, (key) => places.placeOf(key));
  return { keys, arguments: [letters, ...facts] };
}

/** @throws RedisFault if the answer is not that of the script */
export function readReply(steps: readonly Step[], reply: unknown): CommitResult {
  const [refusal, now] = Array.isArray(reply) ? reply.slice(steps.length) : [];
  if (!Array.isArray(reply) || typeof refusal !== 'number' || typeof now !== 'number') throw notOurs();
  const found = steps.map((step, index) => foundBy(step, heldBy(reply[index]), now));
  return refusal > 0 ? { refusedBy: refusal - 1, found, now } : { found, now };
}

function heldBy(raw: unknown): string | Window | undefined {
  if (raw === null) return undefined;
  if (typeof raw !== 'string') throw notOurs();
  return readHeld(raw);
}

function notOurs(): RedisFault {
  return new RedisFault('Redis answered a script in a form that is not known.');
}
