import { LdapUserStore } from '../ldap/index.ts';
import { SmppTransport } from '../smpp/index.ts';
import { type DirectorySimulator, startDirectory } from './directory/directory.ts';
import { SERVICE_ACCOUNT } from './directory/entry.ts';
import { type SmscSimulator, startSmsc } from './smsc/smsc.ts';

/** The phones of everybody. */
export interface Phone {
  /**
   * The code in the next SMS to this number that was not read yet.
   *
   * @param number E.164
   * @throws Error where none comes within 5 s
   */
  nextCode(number: string): Promise<string>;
}

/** All that a test of an app needs instead of a directory and an operator. */
export interface Testbed {
  /** For `smsOtp({ userStore })`. */
  readonly userStore: LdapUserStore;
  /** For `smsOtp({ transport })`. */
  readonly transport: SmppTransport;
  /** To read the codes from. */
  readonly phone: Phone;
  /** To change people, and to let it fail. */
  readonly directory: DirectorySimulator;
  /** To see what was sent, and to let it fail. */
  readonly smsc: SmscSimulator;
  /** Closes all of it; the app's `otp.close()` comes before. */
  close(): Promise<void>;
}

/**
 * Starts a directory with ada, grace and alan, an SMSC, and what connects an app to them, on loopback.
 *
 * @throws Error where `NODE_ENV` is `production`
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
