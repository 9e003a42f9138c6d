import { scryptSync } from 'node:crypto';
import type { SamplePerson } from '../../lib/conformance/user-store-harness.ts';

interface Answer {
  rows: Record<string, string | null>[];
  rowCount: number;
}

interface Person {
  readonly row: Readonly<Record<'id' | 'username' | 'salt' | 'hash', string>> & {
    readonly display_name: string | null;
  };
  readonly numbers: Set<string>;
}

type Statement = (people: readonly Person[], values: readonly string[]) => Answer;

/** The statements of the listing in docs/user-store.md, carried out by hand: a database is no part of these tests. */
const STATEMENTS: Readonly<Record<string, Statement>> = {
  'SELECT id, username, display_name FROM people WHERE id = $1': (people, [id]) =>
    select(people.filter(({ row }) => row.id === id).map(({ row }) => row)),
  'SELECT id, username, display_name FROM people WHERE username = $1': (people, [username]) =>
    select(people.filter(({ row }) => row.username === username).map(({ row }) => row)),
  'SELECT number FROM phone_numbers WHERE person_id = $1 ORDER BY number': (people, [id]) =>
    select([...numbersOf(people, id)].sort().map((number) => ({ number }))),
  'SELECT salt, hash FROM people WHERE id = $1': (people, [id]) =>
    select(people.filter(({ row }) => row.id === id).map(({ row }) => row)),
  'DELETE FROM phone_numbers WHERE person_id = $1 AND number = $2': (people, [id, number = '']) =>
    changed(numbersOf(people, id).delete(number)),
  'INSERT INTO phone_numbers SELECT id, $2 FROM people WHERE id = $1 ON CONFLICT DO NOTHING': (
    people,
    [id, number = ''],
  ) => {
    const numbers = people.find(({ row }) => row.id === id)?.numbers;
    const isNew = numbers !== undefined && !numbers.has(number);
    if (isNew) numbers.add(number);
    return changed(isNew);
  },
  'UPDATE phone_numbers SET number = $3 WHERE person_id = $1 AND number = $2 AND NOT EXISTS (SELECT 1 FROM phone_numbers WHERE person_id = $1 AND number = $3)':
    (people, [id, before = '', after = '']) => {
      const numbers = numbersOf(people, id);
      const isDone = !numbers.has(after) && numbers.delete(before);
      if (isDone) numbers.add(after);
      return changed(isDone);
    },
};

/** Two tables that answer only what the listing asks; any other statement is an error. */
export class SqlTables {
  readonly #people: readonly Person[];
  #isDown = false;

  constructor(people: readonly SamplePerson[]) {
    this.#people = people.map(({ username, password, displayName, phoneNumbers }, index) => {
      const salt = `salt ${index}`;
      const hash = scryptSync(password, salt, 32).toString('hex');
      const row = { id: String(index + 1), username, display_name: displayName ?? null, salt, hash };
      return { row, numbers: new Set(phoneNumbers) };
    });
  }

  goDown(): void {
    this.#isDown = true;
  }

  /** As a driver's `query`. */
  readonly query = async (text: string, values: readonly string[]): Promise<Answer> => {
    if (this.#isDown) throw new Error('connect ECONNREFUSED');
    const statement = STATEMENTS[text.replace(/\s+/g, ' ')];
    if (statement === undefined) throw new Error('This statement is not in the listing.');
    return statement(this.#people, values);
  };
}

function numbersOf(people: readonly Person[], id: string | undefined): Set<string> {
  return people.find(({ row }) => row.id === id)?.numbers ?? new Set();
}

function select(rows: Answer['rows']): Answer {
  return { rows, rowCount: rows.length };
}

function changed(isChanged: boolean): Answer {
  return { rows: [], rowCount: isChanged ? 1 : 0 };
}
