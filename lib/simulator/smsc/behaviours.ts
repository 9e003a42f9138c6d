import type { Pdu } from '../../smpp/codec.ts';
import { RecentEntries } from '../../smpp/recent-entries.ts';
import { type Behaviour, type ConnectionBehaviour, checkBehaviours, type MessageBehaviour } from './behaviour.ts';
import { numberOf } from './message-assembler.ts';
import { readPart } from './text.ts';

const MOST_INCOMPLETE = 1000;

interface BehaviourInForce {
  readonly behaviour: Behaviour;
  /** Messages, a long one counting once. */
  submitsLeft: number;
}

/** The behaviours in force; the counts of messages run down here. */
export class SmscBehaviours {
  #inForce: readonly BehaviourInForce[] = [];
  #forConnections: ConnectionBehaviour = {};
  /** By long message, while its last part is missing. */
  readonly #ofParts = new RecentEntries<MessageBehaviour>(MOST_INCOMPLETE);

  /** @throws TypeError where they are none. */
  replace(behaviours: readonly Behaviour[]): void {
    this.#inForce = checkBehaviours(behaviours).map((behaviour) => ({
      behaviour,
      submitsLeft: behaviour.submits ?? Number.POSITIVE_INFINITY,
    }));
    this.#dropUsed();
  }

  /** As they were set, with what is left of `submits`. */
  get left(): readonly Behaviour[] {
    return this.#inForce.map(({ behaviour, submitsLeft }) =>
      behaviour.submits === undefined ? behaviour : { ...behaviour, submits: submitsLeft },
    );
  }

  /** For connections all of them count, and of each field the first that names it. */
  get forConnections(): ConnectionBehaviour {
    return this.#forConnections;
  }

  /** The first for this number, or else for all; it counts as used, once for all parts of a long message. */
  forSubmit(submit: Pdu): MessageBehaviour {
    const to = numberOf(submit);
    const { concatenation } = readPart(submit);
    if (concatenation === undefined) return this.#use(to);
    const { reference, total, index } = concatenation;
    const key = `${to} ${reference} ${total}`;
    const behaviour = (index === 1 ? undefined : this.#ofParts.get(key)) ?? this.#use(to);
    if (index < total) this.#ofParts.set(key, behaviour);
    else this.#ofParts.delete(key);
    return behaviour;
  }

  #use(to: string): MessageBehaviour {
    const first =
      this.#inForce.find(({ behaviour }) => behaviour.to === to) ??
      this.#inForce.find(({ behaviour }) => behaviour.to === undefined);
    if (first === undefined) return {};
    first.submitsLeft -= 1;
    if (first.submitsLeft === 0) this.#dropUsed();
    return first.behaviour;
  }

  #dropUsed(): void {
    this.#inForce = this.#inForce.filter(({ submitsLeft }) => submitsLeft > 0);
    this.#forConnections = Object.assign({}, ...this.left.toReversed());
  }
}
