import { LdapUserStore } from '../ldap/index.ts';
import { SmppTransport } from '../smpp/index.ts';
import { type DirectorySimulator, startDirectory } from './directory/directory.ts';
import { SERVICE_ACCOUNT } from './directory/entry.ts';
import { type SmscSimulator, startSmsc } from './smsc/smsc.ts';

/** Everybody's phone. */
export interface Phone {
  /**
   * The code in the next unread SMS to this number.
   *
   * @param number E.164
   * @throws Error if none comes within 5 s
   */
  nextCode(number: string): Promise<string>;
}

/** Replaces a directory and an operator in the tests of an app. */
export interface Testbed {
  /** For `smsOtp({ userStore })`. */
  readonly userStore: LdapUserStore;
  /** For `smsOtp({ transport })`. */
  readonly transport: SmppTransport;
  /** Reads the codes. */
  readonly phone: Phone;
  /** The directory: change people, or make it fail. */
  readonly directory: DirectorySimulator;
  /** The SMSC: see what was sent, or make it fail. */
  readonly smsc: SmscSimulator;
  /** Closes everything; call the app's `otp.close()` before. */
  close(): Promise<void>;
}

/**
 * Starts on loopback a directory with ada, grace and alan, an SMSC, and a user store and transport connected to them.
 *
 * @throws Error if `NODE_ENV` is `production`
 */
export async function startTestbed(): Promise<Testbed> {
  const [directory, smsc] = await Promise.all([startDirectory(), startSmsc()]);
  const { dn: bindDn, password: bindPassword } = SERVICE_ACCOUNT;
  const userStore = new LdapUserStore({ url: directory.url, baseDn: directory.baseDn, bindDn, bindPassword });
  const transport = new SmppTransport({ smscs: [smsc.url], source: 'Testbed' });
  return {
    userStore,
    transport,
    phone: { nextCode: async (number) => codeIn((await smsc.nextMessage(number)).text) },
    directory,
    smsc,
    async close() {
      await Promise.all([transport.close(), userStore.close()]);
      await Promise.all([smsc.close(), directory.close()]);
    },
  };
}

function codeIn(text: string): string {
  const code = /\b\d{6,8}\b/.exec(text)?.[0];
  if (code === undefined) throw new Error('There is no code in this SMS.');
  return code;
}
