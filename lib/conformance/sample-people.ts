/** A person whom a user store is asked about. */
export interface SamplePerson {
  /** To be found by. */
  readonly username: string;
  /** Up to 200 bytes. */
  readonly password: string;
  /** One person has none. */
  readonly displayName?: string;
  /** In the order in which the store must give them; one person has none. */
  readonly phoneNumbers: readonly string[];
}

export const ADA: SamplePerson = {
  username: 'ada',
  password: 'Lovelace-1815',
  displayName: 'Ada Lovelace',
  phoneNumbers: ['+46701740605'],
};

export const GRACE: SamplePerson = {
  username: 'grace',
  password: 'Hopper-1906',
  displayName: 'Grace Hopper',
  phoneNumbers: ['+46701740606', '+46701740607', '+46701740608'],
};

/** No display name, no number, and a password of 200 bytes. */
export const ALAN: SamplePerson = { username: 'alan', password: 'ü'.repeat(100), phoneNumbers: [] };

export const SAMPLE_PEOPLE: readonly SamplePerson[] = [ADA, GRACE, ALAN];

/** The name, or the id, of nobody: each would be somebody's if it were pasted into a query. */
export const NAMES_OF_NOBODY: readonly string[] = [
  'bob',
  '',
  '*',
  'ad*',
  'ad%',
  'a_a',
  "ada' OR ''='",
  'ada)(uid=*',
  'ada\0',
  'ada\\',
  '__proto__',
  'a'.repeat(5000),
];

/** A person who left after somebody found them. */
export const GONE = { id: '00000000-0000-4000-8000-000000000000', username: 'ada', phoneNumbers: ADA.phoneNumbers };
