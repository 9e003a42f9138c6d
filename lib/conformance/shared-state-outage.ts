import assert from 'node:assert/strict';
import { tellsAny } from './discretion.ts';
import type { SharedStateChecks } from './shared-state.ts';

const KEY = 'key of the outage';
const VALUE = 'value of the outage';

export const OUTAGE: SharedStateChecks = {
  'says that it is well while it is': async ({ state }) => {
    await assert.doesNotReject(async () => state.health?.());
  },

  'rejects every call while what it asks is unreachable, with neither key nor value in the Error': async (opened) => {
    const { state, breakDown } = opened;
    await state.set(KEY, VALUE, 60);
    assert.ok(breakDown, 'the set-up cannot break anything down');
    await breakDown();
    const calls: readonly (() => Promise<unknown>)[] = [
      () => state.add(KEY, 1, 60),
      () => state.get(KEY),
      () => state.set(KEY, VALUE, 60),
      () => state.set(KEY, VALUE, 60, true),
      () => state.delete(KEY),
      ...(state.health === undefined ? [] : [async () => state.health?.()]),
    ];
    for (const call of calls) await assert.rejects(call, isDiscreet, `it does not reject: ${call}`);
  },
};

function isDiscreet(error: unknown): boolean {
  return error instanceof Error && !tellsAny([KEY, VALUE], error);
}
