import { SERVICE_ACCOUNT } from '../simulator/directory/entry.ts';
import { readArguments } from './arguments.ts';
import { Failure, UsageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

const FLAGS = {
  'smpp-port': { type: 'string', default: '2775' },
  'ldap-port': { type: 'string', default: '3890' },
  'inbox-port': { type: 'string', default: '3001' },
} as const;

/** `simulator`: runs an SMSC, its inbox and a directory on loopback, until Ctrl-C. */
export async function simulator(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArguments(args, FLAGS);
  const port = (flag: keyof typeof FLAGS): number => readPort(flag, values[flag]);
  const ports = { smpp: port('smpp-port'), ldap: port('ldap-port'), inbox: port('inbox-port') };
  const { startDirectory, startInbox, startSmsc } = await import('../simulator/index.ts');
  const open: { close(): Promise<void> }[] = [];
  const keep = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    open.unshift(part);
    return part;
  };
  try {
    const smsc = keep(await startSmsc({ port: ports.smpp }).catch(tellPort('smpp-port')));
    const directory = keep(await startDirectory({ port: ports.ldap }).catch(tellPort('ldap-port')));
    const inbox = keep(await startInbox({ smsc, port: ports.inbox }).catch(tellPort('inbox-port')));
    terminal.print(`SMSC       ${smsc.url}`);
    terminal.print(`Inbox      ${inbox.url}`);
    terminal.print(`Directory  ${directory.url}  ${directory.baseDn}`);
    terminal.print('People     ada (lovelace), grace (hopper), alan (turing)');
    terminal.print(`Account    ${SERVICE_ACCOUNT.dn} (service)`);
    terminal.print('For .env:');
    const environment = simulatorEnvironment(smsc.url, directory);
    for (const [name, value] of Object.entries(environment)) terminal.print(`${name}=${value}`);
    terminal.print('Ctrl-C ends it.');
    await terminal.interrupted();
  } finally {
    for (const part of open) await part.close();
  }
  return 0;
}

/** Environment that leads an app to the simulators, by the names that `init` writes. */
export function simulatorEnvironment(
  smpp = 'smpp://127.0.0.1:2775',
  { url, baseDn } = { url: 'ldap://127.0.0.1:3890', baseDn: 'ou=people,dc=example,dc=org' },
): Readonly<Record<string, string>> {
  return {
    LDAP_URL: url,
    LDAP_BASE_DN: baseDn,
    LDAP_BIND_DN: SERVICE_ACCOUNT.dn,
    LDAP_BIND_PASSWORD: SERVICE_ACCOUNT.password,
    SMPP_URL: smpp,
  };
}

function readPort(flag: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`--${flag} must be a port from 0 (any free one) to 65535.`);
  return port;
}

function tellPort(flag: string): (error: unknown) => never {
  return (error) => {
    const text = error instanceof Error ? error.message : 'It cannot start.';
    throw new Failure(text, ...(text.includes('EADDRINUSE') ? [`Choose another port with --${flag}.`] : []));
  };
}
