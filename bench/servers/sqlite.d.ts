// Named by Better Auth's declarations; neither is used, and one of the two is not there in Node 20.
declare module 'bun:sqlite' {
  export type Database = never;
}
declare module 'node:sqlite' {
  export type DatabaseSync = never;
}
