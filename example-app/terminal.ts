import type { Environment } from './environment.ts';

/** One line for what cannot start. */
export function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.includes('EADDRINUSE') ? `${text}. Set PORT, INBOX_PORT or CLIENT_PORT to a free one.` : text;
}

/** Closes on Ctrl-C, then ends the process. The second Ctrl-C does not wait. */
export function onInterrupt(close: () => Promise<void>): void {
  let isClosing = false;
  const interrupt = async (): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    // npm hands on a Ctrl-C that the terminal has sent here already: one at the same time is no second one.
    setTimeout(() => process.on('SIGINT', () => process.exit(1)), 500).unref();
    await close();
    process.exit(0);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
}

const HELP_CODE = [
  '  A help code for alan: sign in as ada, open /admin, press “Help code” beside Alan Turing.',
  '  In another browser sign in as alan, follow “I do not have my phone”, and type it there.',
];

/** @param more lines on how it runs */
export function welcome(
  origin: string,
  { LDAP_URL }: Environment,
  inboxUrl: string | undefined,
  more: readonly string[] = [],
): string {
  const users = ['  ada    lovelace   one number', '  grace  hopper     two numbers', '  alan   turing     none'];
  return [
    '',
    `  The app    ${origin}`,
    ...(inboxUrl === undefined ? [] : [`  The phone  ${inboxUrl.replace('127.0.0.1', 'localhost')}`]),
    ...more,
    ...(LDAP_URL === undefined ? ['', '  Sign in as', ...users, '', ...HELP_CODE] : []),
    '',
    '  Ctrl-C ends it.',
    '',
  ].join('\n');
}
