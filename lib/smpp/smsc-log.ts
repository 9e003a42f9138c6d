import type { Logger } from '../log.ts';
import type { Bind } from './bind.ts';
import type { Outcome } from './outcome.ts';
import type { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-schema.ts';

const MOST_REMEMBERED = 20;

/**
 * What operators are told of one SMSC: aloud where it is news, quietly where it goes on. The end of what was told aloud
 * is told aloud, too, or a log would end with an outage that is over.
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

  bound(bind: Bind): void {
    this.#said.clear();
    if (this.#saidItIsDown) this.#log.warn(`${this.#smsc.name} is bound: it can be used again`);
    else this.#log.info(`${this.#smsc.name} is bound`);
    this.#saidItIsDown = false;
    if (bind.hasReceipts || this.#saidReceiptsAreOff) return;
    this.#saidReceiptsAreOff = true;
    const level = this.#smsc.bindMode === 'transmitter' ? 'info' : 'warn'; // it may be by choice
    this.#log[level](`${this.#smsc.name} is bound as a transmitter: receipts are off`);
  }

  failed({ message, kind }: SmscFailure): void {
    const outlook = kind === 'config' ? '; the next attempt is in 5 minutes' : '';
    this.#say(kind === 'config' ? 'error' : 'warn', `cannot be used: ${message}${outlook}`);
    this.#saidItIsDown = true;
  }

  /** Aloud where only the operator can help. */
  submitted(outcome: Outcome, isBreakerOpen: boolean): void {
    if (outcome.kind !== 'ok') {
      this.#say(['route', 'config', 'bug'].includes(outcome.kind) ? 'warn' : 'debug', outcome.reason);
    }
    // Its reason differs from message to message, and would be news each time.
    if (outcome.kind === 'lost') this.#say('warn', 'left a message unanswered: it may have been sent, or not');
    if (isBreakerOpen === this.#saidItFails) return;
    this.#saidItFails = isBreakerOpen;
    this.#log.warn(
      `${this.#smsc.name} ${isBreakerOpen ? 'fails its messages: others go first' : 'takes messages again'}`,
    );
  }

  answeredLate(count: number): void {
    this.#log.debug(`${this.#smsc.name} answered what nobody waits for (${count} times so far)`);
  }

  /** Quietly where it was said since the last bind. */
  #say(level: 'debug' | 'warn' | 'error', words: string): void {
    const isNews = level !== 'debug' && !this.#said.has(words);
    if (isNews && this.#said.size < MOST_REMEMBERED) this.#said.add(words);
    this.#log[isNews ? level : 'debug'](`${this.#smsc.name} ${words}`);
  }
}
