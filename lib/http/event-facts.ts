import type { EventFacts } from '../events.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** What every event says of its request. */
export function eventFacts(wiring: Wiring, visitor: Visitor, userId = visitor.signIn?.subject): EventFacts {
  return {
    time: new Date(wiring.clock()),
    ...(userId === undefined ? {} : { userId }),
    ...(visitor.ip === undefined ? {} : { address: visitor.ip }),
  };
}
