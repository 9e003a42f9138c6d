import { BoundedMap } from '../bounded-map.ts';
import type { Keyring } from './keyring.ts';
import { type Country, countryOf } from './phone-number.ts';
import type { Clock } from './ports.ts';

/** The client of a request; empty without a request, as for an administrator's command. */
export interface RequestFacts {
  /** The client's address as Express says it (`req.ip`, under the app's own `trust proxy`). */
  readonly address?: string;
  /** The app's `req.id`, else the header `X-Request-Id`: 1 to 64 of `A-Z a-z 0-9 _ . : -`, or absent. */
  readonly requestId?: string;
}

/** The fields of every event; none is secret, none holds a number. */
export interface EventFacts extends RequestFacts {
  readonly time: Date;
  /** The user's stable id, if one is known. */
  readonly userId?: string;
}

/** @param request may have more fields, as a `Client`: they stay out of the event */
export function eventFactsOf(clock: Clock, userId: string | undefined, request: RequestFacts): EventFacts {
  const { address, requestId } = request;
  return {
    time: new Date(clock()),
    ...(userId !== undefined && { userId }),
    ...(address !== undefined && { address }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** The facts that events hold in place of a phone number. */
export interface NumberFacts {
  /** A keyed hash of the number. */
  readonly number: string;
  /** A keyed hash of the number without its last four digits: an attacker who tries a block may own all of it. */
  readonly block: string;
  /** ISO 3166-1 alpha-2; absent if the numbering plan does not tell. */
  readonly country?: Country;
}

/** Says of a number, in E.164, what events may say of it. */
export type DescribeNumber = (number: string) => NumberFacts;

export function numberDescriber(keyring: Keyring): DescribeNumber {
  const known = new BoundedMap<string, NumberFacts>(1_000);
  return (number) => known.recall(number, () => numberFactsOf(keyring, number));
}

function numberFactsOf(keyring: Keyring, number: string): NumberFacts {
  const country = countryOf(number);
  return {
    number: keyring.pseudonym(number),
    block: keyring.pseudonym(number.slice(0, -4)),
    ...(country !== undefined && { country }),
  };
}

/** The way of a message: the SMSC that took it, and the transport's route. */
interface MessageWay {
  readonly smsc?: string | undefined;
  readonly route?: string | undefined;
}

/** The fields of an event that tell of a message's way. */
export function wayOf({ smsc, route }: MessageWay): { smsc?: string; route?: string } {
  return { ...(smsc !== undefined && { smsc }), ...(route !== undefined && { route }) };
}
