import { readEnvironment } from '../environment.ts';
import { startOidcDemo } from './demo.ts';

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function run(): Promise<void> {
  const { CLIENT_PORT = '3002' } = process.env;
  const { providerUrl, clientUrl, inboxUrl, close } = await startOidcDemo(
    readEnvironment(process.env),
    Number(CLIENT_PORT),
  );
  let isClosing = false;
  // A terminal sends Ctrl-C to npm, too, which hands it on: the second is no other.
  const interrupt = async (): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    await close();
    process.exit(0);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const phone = inboxUrl === undefined ? '' : `\n  The phone        ${inboxUrl.replace('127.0.0.1', 'localhost')}`;
  console.log(`
  The application  ${clientUrl}
  The provider     ${providerUrl}/oidc/.well-known/openid-configuration${phone}

  Sign in as ada (lovelace) or grace (hopper). Ctrl-C ends it.
`);
}
