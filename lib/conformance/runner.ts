/** The two functions that mocha, `node:test`, Vitest and Jest have in common. */
export interface Runner {
  /** Groups tests. */
  describe(title: string, body: () => void): unknown;
  /** One test, which fails where the promise rejects. */
  it(title: string, body: () => Promise<void>): unknown;
}
