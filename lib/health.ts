import { within } from './deadline.ts';
import type { Clock, HealthStatus, SmsTransport, TransportHealth, UserStore } from './domain/ports.ts';
import type { SharedState } from './domain/shared-state.ts';

/** How one dependency is. */
export interface DependencyHealth {
  /** `down` if it rejects or does not answer in time. */
  readonly status: HealthStatus;
  /** When it was first seen in this status, in ISO 8601. */
  readonly since: string;
  /** Name and message of what the dependency rejected with. */
  readonly lastError?: string;
  /** The transport's SMSCs, if it tells of them. */
  readonly smscs?: TransportHealth['smscs'];
  /** The transport's routes, if it has several. */
  readonly routes?: TransportHealth['routes'];
}

/** The answer of `health()` of `smsOtp()`. */
export interface SmsOtpHealth {
  /** The worst of all. */
  readonly status: HealthStatus;
  /** Each by its name. */
  readonly dependencies: {
    readonly userStore: DependencyHealth;
    readonly transport: DependencyHealth;
    readonly shared: DependencyHealth;
    /** Only if requests come through a proxy that Express does not trust. */
    readonly proxy?: DependencyHealth;
  };
}

export interface Dependencies {
  readonly userStore: UserStore;
  readonly transport: SmsTransport;
  readonly shared: SharedState;
}

const DEADLINE_MILLISECONDS = 5_000;

type Answer = Omit<DependencyHealth, 'since'>;
type Question = () => Promise<Answer | undefined>;
type Name = keyof SmsOtpHealth['dependencies'];

/** How the dependencies are, and since when; remembered for this process. */
export class Health {
  readonly #dependencies: Dependencies;
  readonly #clock: Clock;
  readonly #deadlineMilliseconds: number;
  readonly #seen = new Map<Name, Pick<DependencyHealth, 'status' | 'since'>>();
  #reading: Promise<SmsOtpHealth> | undefined;

  /** @param deadlineMilliseconds is there for tests */
  constructor(dependencies: Dependencies, clock: Clock, deadlineMilliseconds = DEADLINE_MILLISECONDS) {
    this.#dependencies = dependencies;
    this.#clock = clock;
    this.#deadlineMilliseconds = deadlineMilliseconds;
  }

  /**
   * Asks all dependencies; one that has no health to ask counts as ready, one that does not answer as down. Requests
   * that come while they are asked get the same answer.
   */
  read(proxyProblem: string | undefined): Promise<SmsOtpHealth> {
    this.#reading ??= this.#read(proxyProblem).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(proxyProblem: string | undefined): Promise<SmsOtpHealth> {
    const { userStore, transport, shared } = this.#dependencies;
    const [users, state] = await Promise.all([
      this.#ask('userStore', async () => void (await userStore.health?.())),
      this.#ask('shared', async () => (await shared.health?.()) ?? undefined),
    ]);
    // Last: right after a start it may still be binding.
    const messages = await this.#ask('transport', async () => transport.health?.());
    const dependencies = {
      userStore: users,
      transport: messages,
      shared: state,
      ...(proxyProblem !== undefined && {
        proxy: this.#date('proxy', { status: 'degraded', lastError: proxyProblem }),
      }),
    };
    const all = Object.values(dependencies).map(({ status }) => status);
    return { status: (['down', 'degraded'] as const).find((status) => all.includes(status)) ?? 'ready', dependencies };
  }

  async #ask(name: Name, question: Question): Promise<DependencyHealth> {
    return this.#date(name, await answer(question, this.#deadlineMilliseconds));
  }

  #date(name: Name, { status, ...answer }: Answer): DependencyHealth {
    const seen = this.#seen.get(name);
    const now = seen?.status === status ? seen : { status, since: new Date(this.#clock()).toISOString() };
    this.#seen.set(name, now);
    return { ...now, ...answer };
  }
}

async function answer(question: Question, milliseconds: number): Promise<Answer> {
  const late = () => new Error(`no answer within ${milliseconds} ms`);
  try {
    return (await within(question(), milliseconds, late)) ?? { status: 'ready' };
  } catch (error) {
    return { status: 'down', lastError: error instanceof Error ? `${error.name}: ${error.message}` : 'not an Error' };
  }
}
