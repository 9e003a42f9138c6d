/** The two functions that mocha, `node:test`, Vitest and Jest have in common. */
export interface Runner {
  /** Groups tests. */
  describe(title: string, body: () => void): unknown;
  /** One test, which fails if the promise rejects. */
  it(title: string, body: () => Promise<void>): unknown;
}

/** The promises of one part of a port, by title; a check rejects if its promise is not kept. */
export type Checks<Subject> = Readonly<Record<string, (subject: Subject) => Promise<void>>>;

/** A part of a port. A part without `name` cannot be left out. */
export interface Part<Name, Subject> {
  readonly title: string;
  readonly name?: Name;
  readonly checks: Checks<Subject>;
}

/** A test for each promise, except those of the parts that are left out. */
export function testParts<Name, Subject>(
  { describe, it }: Runner,
  parts: readonly Part<Name, Subject>[],
  leaveOut: readonly Name[],
  run: (check: Checks<Subject>[string]) => Promise<void>,
): void {
  for (const { title, name, checks } of parts) {
    if (name !== undefined && leaveOut.includes(name)) continue;
    describe(title, () => {
      for (const [promise, check] of Object.entries(checks)) it(promise, () => run(check));
    });
  }
}
