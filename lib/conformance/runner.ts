/** The two functions that mocha, `node:test`, Vitest and Jest have in common. */
export interface Runner {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: () => Promise<void>): unknown;
}
