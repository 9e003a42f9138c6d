import { LdapUserStore } from 'express-sms-otp/ldap';
import { type DirectorySimulator, startDirectory, startInbox, startSmsc } from 'express-sms-otp/simulator';
import { SmppTransport } from 'express-sms-otp/smpp';
import type { Environment } from './environment.ts';

/** The directory and the operator: real ones if the environment names them, simulators else. */
export interface Peers {
  readonly userStore: LdapUserStore;
  readonly transport: SmppTransport;
  /** The phone's page; there is none with a real operator. */
  readonly inboxUrl: string | undefined;
  /** Stops the simulators. */
  close(): Promise<void>;
}

export async function startPeers(environment: Environment): Promise<Peers> {
  const simulators = await startSimulators(environment);
  const { SMPP_URL = [], SMPP_SOURCE: source } = simulators.environment;
  return {
    userStore: createUserStore(simulators.environment),
    transport: new SmppTransport({ smscs: SMPP_URL, source }),
    inboxUrl: simulators.environment.INBOX_URL,
    close: simulators.close,
  };
}

/** Starts what the environment does not name, and gives the environment that names it. */
export async function startSimulators(
  environment: Environment,
): Promise<{ environment: Environment; close(): Promise<void> }> {
  const running: { close(): Promise<void> }[] = [];
  const start = async <Peer extends { close(): Promise<void> }>(peer: Promise<Peer>): Promise<Peer> => {
    running.push(await peer);
    return peer;
  };
  const directory = environment.LDAP_URL === undefined ? await start(startDirectory()) : undefined;
  const smsc = environment.SMPP_URL === undefined ? await start(startSmsc()) : undefined;
  const inbox = smsc && (await start(startInbox({ smsc, port: environment.INBOX_PORT })));
  return {
    environment: {
      ...environment,
      ...(directory && accountOf(directory)),
      ...(smsc && { SMPP_URL: [smsc.url] }),
      ...(inbox && { INBOX_URL: inbox.url }),
    },
    close: async () => {
      for (const peer of running.reverse()) await peer.close();
    },
  };
}

/** The simulator's own service account, which may change numbers. */
function accountOf({ url, baseDn }: DirectorySimulator): Partial<Environment> {
  const [LDAP_BIND_DN, LDAP_BIND_PASSWORD] = ['cn=service,dc=example,dc=org', 'service'];
  return { LDAP_URL: [url], LDAP_BASE_DN: baseDn, LDAP_BIND_DN, LDAP_BIND_PASSWORD };
}

function createUserStore(environment: Environment): LdapUserStore {
  const {
    LDAP_URL = [],
    LDAP_BIND_DN,
    LDAP_BIND_PASSWORD,
    LDAP_USERNAME_ATTRIBUTE,
    LDAP_PHONE_ATTRIBUTE,
  } = environment;
  return new LdapUserStore({
    url: LDAP_URL,
    baseDn: environment.LDAP_BASE_DN,
    startTls: environment.LDAP_STARTTLS,
    ...(LDAP_BIND_DN && { bindDn: LDAP_BIND_DN }),
    ...(LDAP_BIND_PASSWORD && { bindPassword: LDAP_BIND_PASSWORD }),
    ...(LDAP_USERNAME_ATTRIBUTE && { usernameAttribute: LDAP_USERNAME_ATTRIBUTE }),
    ...(LDAP_PHONE_ATTRIBUTE && { phoneAttribute: LDAP_PHONE_ATTRIBUTE }),
  });
}
