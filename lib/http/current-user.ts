import { misconfigured } from './session-check.ts';

/** Whom the app's own login says is there; `amr` (RFC 8176) tells how it knows. */
export type CurrentUser = ({ readonly id: string } | { readonly username: string }) & {
  readonly amr?: readonly string[];
};

/** What `currentUser` may answer: `undefined`, and whatever else is false, names nobody. */
export type Named = CurrentUser | undefined | null | false | '' | 0;

/** Apps write `req.user && { … }`: whatever names nobody is nobody. */
export function readNamed(named: unknown): CurrentUser | undefined {
  if (typeof named !== 'object' || named === null) return undefined;
  const { id, username, amr } = named as Partial<Record<'id' | 'username' | 'amr', unknown>>;
  const methods = Array.isArray(amr) ? { amr: amr.map(String) } : {};
  for (const name of [id, username]) {
    if (name !== undefined && name !== null && typeof name !== 'string') {
      throw misconfigured('currentUser must answer { id } or { username }, and both are texts.');
    }
  }
  if (typeof id === 'string' && id !== '') return { id, ...methods };
  return typeof username === 'string' && username !== '' ? { username, ...methods } : undefined;
}

/** For the session to hold. */
export function nameOf(named: CurrentUser): string {
  return 'id' in named ? `id:${named.id}` : `username:${named.username}`;
}
