import { type Country, callingCodeOf, countryOf, isCountry } from '../domain/phone-number.ts';
import type { HealthStatus } from '../domain/ports.ts';
import { type SmppSettings, unnamedSmscsOf } from './smpp-schema.ts';
import type { Smsc } from './smsc.ts';
import { SubmitSmEncoder } from './submit-sm.ts';
import { TIMEOUTS } from './timeouts.ts';

/** One SMSC of a route, and how messages of this route are written for it. */
export interface Lane {
  readonly smsc: Smsc;
  readonly encoder: SubmitSmEncoder;
}

/** Counts of the messages of one route since the start. */
export interface RouteStats {
  /** Messages that an SMSC took. */
  readonly accepted: number;
  /** Numbers that an SMSC refused. */
  readonly refused: number;
  /** Messages without a response: they may have been sent. */
  readonly unknown: number;
  /** Messages that surely were not sent. */
  readonly failed: number;
}

/** The way of some numbers' messages: its SMSCs in the order of preference. */
export interface Route {
  /** Its prefixes and countries; `+` for all that no other route is for. */
  readonly name: string;
  /** Prefixes and countries. */
  readonly targets: readonly string[];
  /** Whether there is no other: then results do not name it. */
  readonly isOnly: boolean;
  readonly lanes: readonly Lane[];
  /** The time that a message may take here because an SMSC may answer late. */
  readonly longestMilliseconds: number;
  readonly stats: Record<keyof RouteStats, number>;
}

/** A digit of a prefix. Prefixes end here, or go on. */
interface Digit {
  readonly next: (Digit | undefined)[];
  route: Route | undefined;
  /** Of countries that share this calling code. */
  byCountry: Map<Country, Route> | undefined;
}

const EVERYWHERE = '+';
const ZERO = '0'.charCodeAt(0);

/** Finds the route of each number: that of the longest prefix, or its country's. */
export class Routes {
  readonly all: readonly Route[];
  readonly #root = newDigit();

  constructor(settings: SmppSettings, smscs: readonly Smsc[]) {
    const others = unnamedSmscsOf(settings).map(({ name }) => name);
    const hasDefault = settings.routes.some(({ to }) => to.includes(EVERYWHERE));
    const rest = { to: [EVERYWHERE], smscs: others, tlvs: {} };
    const routes = hasDefault ? settings.routes : [...settings.routes, rest];
    this.all = routes.map((options) => {
      const lanes = lanesOf({ smscs: others, ...options }, settings, smscs);
      const stats = { accepted: 0, refused: 0, unknown: 0, failed: 0 };
      const names = lanes.map(({ smsc }) => smsc.name);
      const route = {
        name: options.to.join(', '),
        targets: options.to,
        isOnly: settings.routes.length === 0,
        lanes,
        longestMilliseconds: longestOf(settings.smscs.filter(({ name }) => names.includes(name))),
        stats,
      };
      for (const to of options.to) this.#add(to, route);
      return route;
    });
  }

  /** @param recipient E.164 without its plus */
  find(recipient: string): Route {
    let digit: Digit | undefined = this.#root;
    let found = digit.route;
    let byCountry: Digit['byCountry'];
    for (let index = 0; index < recipient.length && digit !== undefined; index += 1) {
      digit = digit.next[recipient.charCodeAt(index) - ZERO];
      if (digit?.route !== undefined) {
        found = digit.route;
        byCountry = undefined;
      }
      byCountry = digit?.byCountry ?? byCountry;
    }
    // Only now, since to tell countries apart that share a calling code takes longer than all else of a message.
    const country = byCountry === undefined ? undefined : countryOf(`+${recipient}`);
    const route = (country && byCountry?.get(country)) ?? found;
    if (route === undefined) throw new Error('no route is for this number');
    return route;
  }

  #add(to: string, route: Route): void {
    const country = to.startsWith(EVERYWHERE) || !isCountry(to) ? undefined : to;
    const { digits, isShared } = country ? callingCodeOf(country) : { digits: to.slice(1), isShared: false };
    let digit = this.#root;
    for (const figure of digits) {
      digit.next[Number(figure)] ??= newDigit();
      digit = digit.next[Number(figure)] ?? digit;
    }
    if (country === undefined) digit.route ??= route;
    else if (isShared) digit.byCountry = (digit.byCountry ?? new Map()).set(country, route);
    else digit.route = route;
  }
}

/** Worse than its best SMSC it is not. */
export function statusOf({ lanes }: Route): HealthStatus {
  const statuses = new Set(lanes.map(({ smsc }) => smsc.health().status));
  const [only = 'down', ...others] = statuses;
  return others.length === 0 ? only : 'degraded';
}

/** With the usual time for the queue before. */
function longestOf(smscs: SmppSettings['smscs']): number {
  const seconds = Math.max(0, ...smscs.map(({ responseTimeoutSeconds = 0 }) => responseTimeoutSeconds));
  return seconds === 0 ? 0 : seconds * 1000 + TIMEOUTS.step;
}

function newDigit(): Digit {
  return { next: [], route: undefined, byCountry: undefined };
}

type RouteSettings = SmppSettings['routes'][number];

function lanesOf(
  { smscs: names = [], source, tlvs }: RouteSettings,
  settings: SmppSettings,
  smscs: readonly Smsc[],
): readonly Lane[] {
  return names.flatMap((name) => {
    const own = settings.smscs.find((it) => it.name === name);
    const smsc = smscs.find((it) => it.name === name);
    if (own === undefined || smsc === undefined) return [];
    const encoder = new SubmitSmEncoder({
      service_type: own.serviceType,
      source: source ?? own.source ?? settings.source,
      destination: settings.destination,
      tlvs: { ...own.tlvs, ...tlvs },
    });
    return [{ smsc, encoder }];
  });
}
