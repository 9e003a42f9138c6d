import { Failure, UsageError } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { ownPackage } from './versions.ts';

/** The output of `--help`. */
export const HELP = `
express-sms-otp COMMAND

  init [--app-name NAME] [--origin URL] [--country CC] [--login-url PATH] [--format esm|commonjs|typescript] [--folder FOLDER]
      Writes a configuration file and .env for the simulators, and prints the lines for the app. Asks for what no flag
      gives, on a terminal. Changes no line of an existing file.

  doctor [--user NAME [--password-stdin]] [--url URL] [--send NUMBER] [--json] [--config FILE]
      Checks everything that a sign-in needs: versions, options, secret, SMSCs, directory, shared state, texts.
      --user NAME       also checks this person, by username or id
      --password-stdin  reads the person's password from standard input, to see whether people may write their own numbers
      --url URL         also asks the running app; with a person's password it signs in, which may send an SMS
      --send NUMBER     also sends a test SMS to this number
      --json            prints JSON

  doctor numbers [--ldif] [--config FILE]
      Lists what is read of each person's numbers, masked, and why.
      --ldif            writes for ldapmodify how to put E.164 in place of each value that has one certain reading

  phones list USER [--config FILE]
  phones add USER NUMBER [--config FILE]
  phones remove USER NUMBER [--config FILE]
      Shows or changes the phone numbers of a person, by username or id.

  browsers list USER [--config FILE]
  browsers end USER [--browser ID] [--config FILE]
      Shows or ends the browsers that a person trusts (trustBrowser): all of them, or the one with this ID of the list.

  unlock USER [--config FILE]
      Unlocks a person after too many wrong codes.

  help-code --user NAME [--minutes 15] [--issued-by WHO] [--may-replace-number] [--config FILE]
      Issues a code for one sign-in without the phone, to read out to a person whom you know. The person is told by SMS.

  recovery-codes reset USER [--config FILE]
      Makes the recovery codes of a person worthless.

  migrate [--run]
      Prints the SQL that postgresState needs once in its database: a table and a function. It can be run again.
      --run             runs it in the database of the environment variable DATABASE_URL

  simulator [--smpp-port 2775] [--ldap-port 3890] [--inbox-port 3001]
      Runs an SMSC, its inbox as a web page, and a directory with people on this machine, for development.

  --help, --version

FILE [sms-otp.config.js] exports the options that the app passes to smsOtp().
Exit codes: 0 success, 1 failure, 2 invalid arguments.
`;

/** Takes the arguments after its name; returns the exit code. */
type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

/** Each loads what it needs itself: the doctor needs neither Express nor the simulators. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).init,
  doctor: async () => (await import('./doctor.ts')).doctor,
  phones: async () => (await import('./phones.ts')).phones,
  browsers: async () => (await import('./browsers.ts')).browsers,
  unlock: async () => (await import('./second-factor.ts')).unlock,
  'help-code': async () => (await import('./second-factor.ts')).helpCode,
  'recovery-codes': async () => (await import('./second-factor.ts')).recoveryCodes,
  migrate: async () => (await import('./migrate.ts')).migrate,
  simulator: async () => (await import('./simulator.ts')).simulator,
  '--help': async () => async (_args, terminal) => say(terminal, HELP),
  '--version': async () => async (_args, terminal) => say(terminal, ownPackage().version),
};

/** Runs a command line. Returns the exit code: 0 success, 1 failure, 2 invalid arguments. */
export async function run([name, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  try {
    if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
      throw new UsageError(name === undefined ? 'Which command?' : 'There is no such command.');
    }
    const command = await COMMANDS[args.includes('--help') ? '--help' : name]?.();
    return (await command?.(args, terminal)) ?? 0;
  } catch (error) {
    return explain(error, terminal);
  }
}

function say(terminal: Terminal, text: string): number {
  for (const line of text.trim().split('\n')) terminal.print(line);
  return 0;
}

/** Shows only our own errors: the text of any other may contain a secret. */
function explain(error: unknown, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.complain(error.message);
    terminal.complain('express-sms-otp --help shows how to use it.');
    return 2;
  }
  for (const line of error instanceof Failure ? error.lines : unexpected(error)) terminal.complain(line);
  return 1;
}

/** Codes are words of Node.js; its text about a missing module contains a package's name or a path. */
function unexpected(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return ['Unexpected failure: no Error'];
  const code = 'code' in error ? String(error.code) : '';
  if (/^(ERR_)?MODULE_NOT_FOUND$/.test(code)) {
    const [first = ''] = error.message.split('\n', 1);
    return [`This command cannot be loaded: ${first}`, 'express-sms-otp doctor shows what is not installed.'];
  }
  return [`Unexpected failure: ${error.name}${/^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? ` (${code})` : ''}`];
}
