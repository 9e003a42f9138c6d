import type { HealthStatus, SharedState, SmsTransport, TransportHealth, UserStore } from './domain/ports.ts';

export interface DependencyHealth {
  readonly status: HealthStatus;
  /** Name and message of what the dependency rejected with. */
  readonly lastError?: string;
  /** The transport's SMSCs, where it tells of them. */
  readonly smscs?: TransportHealth['smscs'];
}

export interface SmsOtpHealth {
  /** The worst of all. */
  readonly status: HealthStatus;
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

/** Asks all dependencies; one that has no health to ask counts as ready. */
export async function readHealth(
  { userStore, transport, shared }: Dependencies,
  proxyProblem: string | undefined,
): Promise<SmsOtpHealth> {
  const dependencies = {
    userStore: await ask(async () => void (await userStore.health?.())),
    transport: await ask(async () => transport.health?.()),
    shared: await ask(async () => (await shared.health?.()) ?? undefined),
    ...(proxyProblem === undefined ? {} : { proxy: { status: 'degraded' as const, lastError: proxyProblem } }),
  };
  const all = Object.values(dependencies).map(({ status }) => status);
  return { status: (['down', 'degraded'] as const).find((status) => all.includes(status)) ?? 'ready', dependencies };
}

async function ask(question: () => Promise<DependencyHealth | undefined>): Promise<DependencyHealth> {
  try {
    return (await question()) ?? { status: 'ready' };
  } catch (error) {
    return { status: 'down', lastError: error instanceof Error ? `${error.name}: ${error.message}` : 'not an Error' };
  }
}
