import { MIGRATION } from '../state/postgres-migration.ts';
import { readArguments } from './arguments.ts';
import { Failure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** `migrate`: prints what `postgresState` needs in the database, or runs it there. */
export async function migrate(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArguments(args, { run: { type: 'boolean', default: false } });
  if (!values.run) {
    for (const line of MIGRATION.trimEnd().split('\n')) terminal.print(line);
    return 0;
  }
  await runMigration(process.env.DATABASE_URL);
  terminal.print('The database has the table and the function express_sms_otp_commit_1.');
  return 0;
}

async function runMigration(connectionString: string | undefined): Promise<void> {
  if (!connectionString)
    throw new Failure('DATABASE_URL is missing.', 'Set it as postgres://user:password@host/database.');
  const { Client } = await loadClient();
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(MIGRATION);
  } catch (error) {
    throw new Failure(
      `The database refuses: ${wordOf(error)}.`,
      'Does it run there, and may this user create tables and functions?',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function loadClient(): Promise<Pick<typeof import('pg'), 'Client'>> {
  try {
    const module = await import('pg');
    return module.default ?? module;
  } catch {
    throw new Failure(
      'The package pg is not installed.',
      'npm install pg, or pipe what this command prints without --run into psql.',
    );
  }
}

/** The code only: the text may quote the URL. */
function wordOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.name : 'no Error';
}
