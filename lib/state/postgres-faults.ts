/** The error codes of PostgreSQL, and their remedies. Its texts are not told: they may quote a key and a value. */
const REMEDIES: Readonly<Record<string, string>> = {
  ES001: 'the connection does not use READ COMMITTED: remove default_transaction_isolation from its settings',
  ES002: 'a step counts on a key that holds a value',
  '42883': 'the database lacks its function: run npx express-sms-otp migrate',
  '42P01': 'the database lacks its table: run npx express-sms-otp migrate',
  '25006': 'it takes no writes, as a replica: connect to the primary',
  '42501': 'its user lacks a right: docs/cluster.md lists those that are needed',
  '53100': 'its disk is full',
  '53300': 'it has no connection left: raise max_connections, or make the pools smaller',
  '57014': 'it cancelled the query: statement_timeout is too short, or a person did',
  '57P03': 'it is starting, or shutting down',
};

/** A fault that we found ourselves; its message may be told. */
export class PostgresFault extends Error {}

/** Why PostgreSQL gives no answer, for each error of its client. */
export function postgresFault(error: unknown): Error {
  if (error instanceof PostgresFault) return error;
  const word = wordOf(error);
  const remedy = REMEDIES[word];
  return new Error(`PostgreSQL cannot answer: ${word}${remedy === undefined ? '' : `: ${remedy}`}`);
}

/** Faults that node-postgres (8.23) finds itself have no code, only a text. */
const TEXTS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^timeout exceeded/, 'no connection of the pool is free'],
  [/due to connection timeout$/, 'it does not answer'],
  [/^Connection terminated|is not queryable$/, 'the connection was lost'],
  [/after calling end/, 'its pool is closed'],
  [/not support SSL/, 'it speaks no TLS, which the pool asks for'],
  [/password must be a .*string/, 'it wants a password, and the pool has none'],
];

/** As `ECONNREFUSED`, `57P01`, or the name of the class. */
function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no Error';
  if ('code' in error && /^[A-Z0-9_]+$/.test(String(error.code))) return String(error.code);
  return TEXTS.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.constructor.name;
}

/** Whether the connection is of no use any more: it leads to a replica, or what it has is not known. */
export function isOfConnection(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^[0-9A-Z]{5}$/.test(code) || /^(08|57P)/.test(code) || code === '25006';
}
