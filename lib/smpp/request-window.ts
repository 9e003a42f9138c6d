import type { Pdu } from './pdu.ts';

/** A request was written, and what became of it is not known. */
export class NoResponse extends Error {
  override readonly name = 'NoResponse';
  /** The reply that came in its place, as `malformed`. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}

/** A request that is written and waits for its response. Either `respond` or `fail` is called, and once. */
export interface OpenRequest {
  /** The command that answers it, as `submit_sm_resp`. */
  readonly responseCommand: string;
  readonly timeoutMilliseconds: number;
  /** Set by the window, by `performance.now`. */
  deadline: number;
  respond(pdu: Pdu): void;
  fail(error: NoResponse): void;
}

const LAST_SEQUENCE = 0x7fff_ffff;

/** The open requests of one session; each of them settles exactly once. */
export class RequestWindow {
  /** By sequence number. */
  readonly #open: Map<number, OpenRequest>;
  #sequence: number;
  /** One for all: a timer for each message costs more than the rest of it here. */
  #timer: NodeJS.Timeout | undefined;
  /** When the timer ends, by `performance.now`; the response that it was set for may have come. */
  #alarm = Number.POSITIVE_INFINITY;

  constructor(lastSequence = 0, open: ReadonlyMap<number, OpenRequest> = new Map()) {
    this.#sequence = lastSequence;
    this.#open = new Map(open);
  }

  get size(): number {
    return this.#open.size;
  }

  /** Gives its sequence number: from 1 to 0x7FFFFFFF, then round again past those in use. */
  add(request: OpenRequest): number {
    do this.#sequence = this.#sequence >= LAST_SEQUENCE ? 1 : this.#sequence + 1;
    while (this.#open.has(this.#sequence));
    request.deadline = performance.now() + request.timeoutMilliseconds;
    this.#watch(request.deadline);
    this.#open.set(this.#sequence, request);
    return this.#sequence;
  }

  /** False if no request waits for it: it is late, or answers nothing. */
  settle(pdu: Pdu): boolean {
    const request = this.#take(pdu.sequence);
    // The number alone proves nothing: an unknown response with status 0 is no success.
    if (pdu.command === request?.responseCommand || pdu.command === 'generic_nack') request?.respond(pdu);
    else request?.fail(new NoResponse(`the answer was ${pdu.command}`, pdu.command));
    return request !== undefined;
  }

  failAll(reason: string): void {
    for (const sequence of this.#open.keys()) this.#take(sequence)?.fail(new NoResponse(reason));
    clearTimeout(this.#timer);
    this.#alarm = Number.POSITIVE_INFINITY;
  }

  #take(sequence: number): OpenRequest | undefined {
    const request = this.#open.get(sequence);
    this.#open.delete(sequence);
    return request;
  }

  #watch(deadline: number): void {
    if (deadline >= this.#alarm) return;
    this.#alarm = deadline;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dropOverdue(), Math.ceil(deadline - performance.now())).unref();
  }

  #dropOverdue(): void {
    const now = performance.now();
    this.#alarm = Number.POSITIVE_INFINITY;
    for (const [sequence, { deadline, timeoutMilliseconds }] of this.#open) {
      if (deadline > now) this.#watch(deadline);
      else this.#take(sequence)?.fail(new NoResponse(`no answer within ${timeoutMilliseconds} ms`));
    }
  }
}
