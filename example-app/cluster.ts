// The demo in several processes that share one Redis, or one PostgreSQL: `npm run demo:cluster`. Each of them is example-app/main.ts.
import { type Environment, randomSecret, readEnvironment } from './environment.ts';
import { startSimulators } from './peers.ts';
import { startPrivateRedis } from './private-redis.ts';
import { explain, onInterrupt, welcome } from './terminal.ts';
import { Workers } from './workers.ts';

try {
  await run(readEnvironment(process.env));
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}

async function run(asked: Environment): Promise<void> {
  const isNamed = asked.REDIS_URL !== undefined || asked.DATABASE_URL !== undefined;
  const redis = isNamed ? undefined : await startPrivateRedis();
  const simulators = await startSimulators({ ...asked, ...(redis && { REDIS_URL: redis.url }) });
  const workers = new Workers(variablesOf(simulators.environment));
  onInterrupt(async () => {
    await workers.close();
    await simulators.close();
    await redis?.close();
  });
  const port = await workers.start(asked.WORKERS);
  const processes = `  Processes  ${workers.pids.join(' ')}: kill one (kill -9), and sign-ins go on.`;
  const { ORIGIN = `http://localhost:${port}`, INBOX_URL } = simulators.environment;
  console.log(welcome(ORIGIN, asked, INBOX_URL, [processes]));
}

/** Values that must be the same in all processes. */
function variablesOf(environment: Environment): NodeJS.ProcessEnv {
  const { LDAP_URL, LDAP_BASE_DN, LDAP_BIND_DN, LDAP_BIND_PASSWORD, SMPP_URL, INBOX_URL } = environment;
  const { REDIS_URL, DATABASE_URL } = environment;
  return {
    LDAP_URL: LDAP_URL?.join(),
    LDAP_BASE_DN,
    LDAP_BIND_DN,
    LDAP_BIND_PASSWORD,
    SMPP_URL: SMPP_URL?.join(),
    REDIS_URL,
    DATABASE_URL,
    INBOX_URL,
    SESSION_SECRET: environment.SESSION_SECRET ?? randomSecret(),
    SMS_OTP_SECRET: environment.SMS_OTP_SECRET ?? randomSecret(),
  };
}
