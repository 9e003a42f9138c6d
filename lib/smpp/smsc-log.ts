import type { Logger } from '../log.ts';
import type { SmscFailure } from './command-status.ts';
import type { Session } from './session.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { SubmitResult } from './submit.ts';

const MOST_REMEMBERED = 20;
/** If an SMSC takes messages only without it. */
const SETTINGS = { validity: "validityPeriod: 'none'", receipt: 'requestReceipts: false' } as const;

/**
 * The log of one SMSC: news are logged as warnings, repetitions at debug. The end of an outage
 * is a warning, too, or a log would end with an outage that is over.
 */
export class SmscLog {
  readonly #smsc: SmscSettings;
  readonly #log: Logger;
  readonly #said = new Set<string>();
  #saidReceiptsAreOff = false;
  #saidItIsDown = false;
  #saidItFails = false;

  constructor(smsc: SmscSettings, log: Logger) {
    this.#smsc = smsc;
    this.#log = log;
  }

  bound(session: Session): void {
    this.#said.clear();
    if (this.#saidItIsDown) this.#log.warn(`${this.#smsc.name} is bound: it can be used again`);
    else this.#log.info(`${this.#smsc.name} is bound`);
    this.#saidItIsDown = false;
    if (!this.#smsc.requestReceipts || session.hasReceipts !== this.#saidReceiptsAreOff) return;
    this.#saidReceiptsAreOff = !session.hasReceipts;
    if (session.hasReceipts) {
      this.#log.warn(`${this.#smsc.name} is bound as a transceiver: receipts are on again`);
      return;
    }
    const level = this.#smsc.bindMode === 'transmitter' ? 'info' : 'warn'; // it may be by choice
    this.#log[level](`${this.#smsc.name} is bound as a transmitter: receipts are off`);
  }

  /** The pause before the next attempt is in milliseconds. */
  failed({ message, kind }: SmscFailure, pause: number): void {
    const outlook = kind === 'config' ? `; the next attempt is in ${pause / 60_000} minutes` : '';
    this.#say(kind === 'config' ? 'error' : 'warn', `cannot be used: ${message}${outlook}`);
    this.#saidItIsDown = true;
  }

  /** A warning if only the operator can help. */
  submitted(result: SubmitResult, isBreakerOpen: boolean, hasOthers: boolean): void {
    if (result.kind !== 'ok') {
      this.#say(['route', 'config', 'bug'].includes(result.kind) ? 'warn' : 'debug', result.reason);
    }
    if (result.kind === 'ok' && result.without !== undefined) {
      this.#say('warn', `takes messages at the second try: set ${SETTINGS[result.without]} for it`);
    }
    // Its reason differs from message to message, and would be news each time.
    if (result.kind === 'lost') this.#say('warn', 'left a message unanswered: it may have been sent, or not');
    if (isBreakerOpen === this.#saidItFails) return;
    this.#saidItFails = isBreakerOpen;
    const fault = result.kind === 'ok' ? '' : `: it ${result.reason}`;
    const outlook = hasOthers ? '; others go first' : '';
    const news = isBreakerOpen ? `fails its messages${fault}${outlook}` : 'takes messages again';
    this.#log.warn(`${this.#smsc.name} ${news}`);
  }

  answeredLate(count: number): void {
    this.#log.debug(`${this.#smsc.name} answered what nobody waits for (${count} times so far)`);
  }

  /** At debug if it was said since the last bind. */
  #say(level: 'debug' | 'warn' | 'error', words: string): void {
    const isNews = level !== 'debug' && !this.#said.has(words);
    if (isNews && this.#said.size < MOST_REMEMBERED) this.#said.add(words);
    this.#log[isNews ? level : 'debug'](`${this.#smsc.name} ${words}`);
  }
}
