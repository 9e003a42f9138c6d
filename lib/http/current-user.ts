import { misconfigured } from './session-check.ts';

/** Whom the app's own login says is there; `amr` (RFC 8176) tells how it knows. */
export type CurrentUser = ({ readonly id: string } | { readonly username: string }) & {
  readonly amr?: readonly string[];
};

/** What `currentUser` may answer: `undefined`, and whatever else is false, names nobody. */
export type CurrentUserAnswer = CurrentUser | undefined | null | false | '' | 0;

/** Apps write `req.user && { … }`: whatever names nobody is nobody. */
export function readCurrentUser(answer: unknown): CurrentUser | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { id, username, amr } = answer as Partial<Record<'id' | 'username' | 'amr', unknown>>;
  const methods = Array.isArray(amr) ? { amr: amr.map(String) } : {};
  for (const name of [id, username]) {
    if (name !== undefined && name !== null && typeof name !== 'string') {
      throw misconfigured('currentUser must answer { id } or { username }, and both are texts.');
    }
  }
  if (typeof id === 'string' && id !== '') return { id, ...methods };
  return typeof username === 'string' && username !== '' ? { username, ...methods } : undefined;
}

/** What the session holds of it, to tell one person from another. */
export function keyOf(user: CurrentUser): string {
  return 'id' in user ? `id:${user.id}` : `username:${user.username}`;
}
