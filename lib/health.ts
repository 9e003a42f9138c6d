import type { HealthStatus, SharedState, SmsTransport, TransportHealth, UserStore } from './domain/ports.ts';

/** How one dependency is. */
export interface DependencyHealth {
  /** `down` where it rejects or does not answer in time. */
  readonly status: HealthStatus;
  /** Name and message of what the dependency rejected with. */
  readonly lastError?: string;
  /** The transport's SMSCs, where it tells of them. */
  readonly smscs?: TransportHealth['smscs'];
}

/** What `health()` of `smsOtp()` says. */
export interface SmsOtpHealth {
  /** The worst of all. */
  readonly status: HealthStatus;
  /** Each by its name. */
  readonly dependencies: {
    readonly userStore: DependencyHealth;
    readonly transport: DependencyHealth;
    readonly shared: DependencyHealth;
    /** Only where requests come through a proxy that Express does not trust. */
    readonly proxy?: DependencyHealth;
  };
}

export interface Dependencies {
  readonly userStore: UserStore;
  readonly transport: SmsTransport;
  readonly shared: SharedState;
}

const DEADLINE_MILLISECONDS = 5_000;

/**
 * Asks all dependencies; one that has no health to ask counts as ready, one that does not answer as down.
 *
 * @param deadlineMilliseconds is there for tests
 */
export async function readHealth(
  { userStore, transport, shared }: Dependencies,
  proxyProblem: string | undefined,
  deadlineMilliseconds = DEADLINE_MILLISECONDS,
): Promise<SmsOtpHealth> {
  const ask = (question: Question): Promise<DependencyHealth> => answer(question, deadlineMilliseconds);
  const [users, state] = await Promise.all([
    ask(async () => void (await userStore.health?.())),
    ask(async () => (await shared.health?.()) ?? undefined),
  ]);
  // Last: right after a start it may still be binding.
  const messages = await ask(async () => transport.health?.());
  const dependencies = {
    userStore: users,
    transport: messages,
    shared: state,
    ...(proxyProblem === undefined ? {} : { proxy: { status: 'degraded' as const, lastError: proxyProblem } }),
  };
  const all = Object.values(dependencies).map(({ status }) => status);
  return { status: (['down', 'degraded'] as const).find((status) => all.includes(status)) ?? 'ready', dependencies };
}

type Question = () => Promise<DependencyHealth | undefined>;

async function answer(question: Question, milliseconds: number): Promise<DependencyHealth> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return (await Promise.race([question(), deadline])) ?? { status: 'ready' };
  } catch (error) {
    return { status: 'down', lastError: error instanceof Error ? `${error.name}: ${error.message}` : 'not an Error' };
  } finally {
    clearTimeout(timer);
  }
}
