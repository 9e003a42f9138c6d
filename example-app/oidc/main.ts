import { readEnvironment } from '../environment.ts';
import { explain, onInterrupt } from '../terminal.ts';
import { startOidcDemo } from './demo.ts';

try {
  await run();
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}

async function run(): Promise<void> {
  const { providerUrl, clientUrl, inboxUrl, close } = await startOidcDemo(readEnvironment(process.env));
  onInterrupt(close);
  const phone = inboxUrl === undefined ? '' : `\n  The phone        ${inboxUrl.replace('127.0.0.1', 'localhost')}`;
  console.log(`
  The application  ${clientUrl}
  The provider     ${providerUrl}/oidc/.well-known/openid-configuration${phone}

  Sign in as ada (lovelace) or grace (hopper). Ctrl-C ends it.
`);
}
