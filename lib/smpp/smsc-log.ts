import type { Logger } from '../log.ts';
import type { Bind } from './bind.ts';
import type { Outcome } from './outcome.ts';
import type { SmscFailure } from './smsc-failure.ts';
import type { SmscSettings } from './smsc-schema.ts';

const MOST_REMEMBERED = 20;

/** What operators are told of one SMSC: aloud where it is news, quietly where it goes on. */
export class SmscLog {
  readonly #smsc: SmscSettings;
  readonly #log: Logger;
  readonly #said = new Set<string>();
  #saidReceiptsAreOff = false;
  #saidItFails = false;

  constructor(smsc: SmscSettings, log: Logger) {
    this.#smsc = smsc;
    this.#log = log;
  }

  bound(bind: Bind): void {
    this.#said.clear();
    this.#log.info(`${this.#smsc.name} is bound`);
    if (bind.hasReceipts || this.#saidReceiptsAreOff) return;
    this.#saidReceiptsAreOff = true;
    const level = this.#smsc.bindMode === 'transmitter' ? 'info' : 'warn'; // it may be by choice
    this.#log[level](`${this.#smsc.name} is bound as a transmitter: receipts are off`);
  }

  failed({ message, kind }: SmscFailure): void {
    const outlook = kind === 'config' ? '; the next attempt is in 5 minutes' : '';
    this.#say(kind === 'config' ? 'error' : 'warn', `cannot be used: ${message}${outlook}`);
  }

  /** Aloud where only the operator can help. */
  submitted(outcome: Outcome, isBreakerOpen: boolean): void {
    if (outcome.kind !== 'ok') {
      this.#say(['route', 'config', 'bug'].includes(outcome.kind) ? 'warn' : 'debug', outcome.reason);
    }
    if (isBreakerOpen === this.#saidItFails) return;
    this.#saidItFails = isBreakerOpen;
    if (isBreakerOpen) this.#log.warn(`${this.#smsc.name} fails its messages: others go first`);
    else this.#log.info(`${this.#smsc.name} takes messages again`);
  }

  answeredLate(count: number): void {
    this.#log.debug(`${this.#smsc.name} answered what nobody waits for (${count} times so far)`);
  }

  /** Quietly where it was said since the last bind. */
  #say(level: 'debug' | 'warn' | 'error', words: string): void {
    const isNews = !this.#said.has(words);
    if (this.#said.size < MOST_REMEMBERED) this.#said.add(words);
    this.#log[isNews ? level : 'debug'](`${this.#smsc.name} ${words}`);
  }
}
