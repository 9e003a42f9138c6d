import { Deadline } from '../deadline.ts';
import type { Finding } from '../domain/ports.ts';
import { DirectoryFault, RESULT_CODE } from './directory-fault.ts';
import type { LdapSettings } from './ldap-settings.ts';
import { bindAs, Servers } from './servers.ts';
import { mayBeNumber, type UserEntry } from './user-entry.ts';

/** No country's number begins with 0. */
const NOBODYS_NUMBER = '+00000000000';

/** The values of the person's entry under each phone attribute: a wrong name, a missing right and no value look alike else. */
export async function examinePhoneAttributes(settings: LdapSettings, entry: UserEntry | undefined): Promise<Finding> {
  const check = 'LDAP numbers';
  if (entry === undefined) return { check, status: 'skipped', detail: 'there is nobody to look at' };
  const { servers, trust, serviceAccount, timeoutMilliseconds } = settings.connection;
  const connection = await new Servers(servers, trust).open(new Deadline(timeoutMilliseconds), bindAs(serviceAccount));
  try {
    const states: State[] = [];
    for (const attribute of settings.phoneAttributes) {
      const count = entry.values(attribute).length;
      // A comparison tells apart what a search leaves out without a word (RFC 4511, section 4.10).
      const ask = () =>
        connection.run(
          (client) => client.compare(entry.dn, attribute, NOBODYS_NUMBER),
          new Deadline(timeoutMilliseconds),
        );
      const numbers = entry.values(attribute).filter(mayBeNumber).length;
      const code = count > 0 ? undefined : await ask().then(() => undefined, codeOf);
      states.push({ attribute, count, numbers, code });
    }
    return judge(check, states);
  } finally {
    connection.close();
  }
}

interface State {
  readonly attribute: string;
  readonly count: number;
  /** Values with a digit: others, as TRUE, are passed over. */
  readonly numbers: number;
  /** Of a comparison with an attribute that shows no value. */
  readonly code: number | undefined;
}

const UNDEFINED_TYPE: number = RESULT_CODE.undefinedAttributeType;
/** A directory may hide from an account without rights that there is anything at all. */
const NO_RIGHT: readonly number[] = [RESULT_CODE.insufficientAccessRights, RESULT_CODE.noSuchObject];

function judge(check: string, states: readonly State[]): Finding {
  const detail = states.map((state) => `${state.attribute}: ${wordsFor(state)}`).join('; ');
  if (states.some(({ numbers }) => numbers > 0)) return { check, status: 'ok', detail };
  const remedy = states.some(isHidden)
    ? 'Let the account (bindDn) read these attributes.'
    : states.every(isUnknown)
      ? 'Is phoneAttribute spelt as in the directory?'
      : 'Write a number into one of these attributes, or name in phoneAttribute the one that has it.';
  return { check, status: 'failed', detail, remedy };
}

function wordsFor(state: State): string {
  if (state.count > 0) {
    const values = state.count === 1 ? '1 value' : `${state.count} values`;
    return state.numbers > 0 ? values : `${values}, no number`;
  }
  if (isUnknown(state)) return 'not an attribute of this directory';
  return isHidden(state) ? 'may not be read' : 'no value';
}

function isUnknown({ code }: State): boolean {
  return code === UNDEFINED_TYPE;
}

function isHidden({ code }: State): boolean {
  return code !== undefined && NO_RIGHT.includes(code);
}

function codeOf(fault: unknown): number {
  if (fault instanceof DirectoryFault && fault.resultCode !== undefined) return fault.resultCode;
  throw fault;
}
