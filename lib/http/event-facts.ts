import type { RequestFacts } from '../domain/request-facts.ts';
import type { EventFacts } from '../events.ts';
import type { Visitor } from './visitor.ts';
import type { Wiring } from './wiring.ts';

/** What every event says of its request. */
export function eventFacts(wiring: Wiring, visitor: Visitor, userId = visitor.signIn?.subject): EventFacts {
  return {
    time: new Date(wiring.clock()),
    ...(userId === undefined ? {} : { userId }),
    ...requestFacts(visitor),
  };
}

/** Where the request came from, and what it is called. */
export function requestFacts({ ip, requestId }: Pick<Visitor, 'ip' | 'requestId'>): RequestFacts {
  return {
    ...(ip === undefined ? {} : { address: ip }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
