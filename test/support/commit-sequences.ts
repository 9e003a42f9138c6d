import fc from 'fast-check';
import type { SharedState, Step } from '../../lib/domain/shared-state.ts';

/** Few keys and values, so that steps meet. All lives are long: ends are for the conformance suite. */
export function commits(): fc.Arbitrary<readonly Step[]> {
  const key = fc.constantFrom('test:a', 'test:b', 'test:c');
  const value = fc
    .oneof(fc.constantFrom('one', '', '#1 2 3', '='), fc.string({ unit: 'grapheme', maxLength: 5 }))
    .filter(isStorable);
  const windowSeconds = fc.constantFrom(600, 0.5 * 86_400, 400 * 86_400);
  const ttlSeconds = fc.constantFrom(600, 900.5);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ read: key }),
    fc.record({ count: key }),
    fc.record({ expect: key, value: fc.option(value, { nil: undefined }) }),
    fc.record({ write: key, value, ttlSeconds }),
    fc.record({ write: key, value, ttlSeconds, ifAbsent: fc.constantFrom('refuse' as const, 'skip' as const) }),
    fc.record({ remove: key }),
    fc.record({ charge: key, windowSeconds, atMost: fc.constantFrom(0, 1, 2, 3.5, Number.POSITIVE_INFINITY) }),
    fc.record({ refund: key, windowSeconds }),
    fc.record({ refund: key, windowSeconds, chargedAt: fc.constantFrom(1, Number.MAX_SAFE_INTEGER) }),
  );
  return fc.array(step, { maxLength: 8 });
}

function isStorable(value: string): boolean {
  return !value.includes('\0');
}

/** Without what the two clocks differ in. */
export async function outcomeOf(state: SharedState, steps: readonly Step[]): Promise<unknown> {
  try {
    const { refusedBy, found } = await state.commit(steps);
    const steady = found.map((each) =>
      typeof each === 'object' ? { total: each.total, isOpen: each.resetsInSeconds > 1 } : each,
    );
    return { refusedBy, found: steady };
  } catch {
    return 'rejected';
  }
}
