import { setTimeout as delay } from 'node:timers/promises';
import type { Interaction } from 'oidc-provider';

/** Whether a sign-in (seconds since 1970) is too old: by `max_age`, or with `prompt=login` from before the request. */
export function isTooOld({ params, iat }: Interaction, authTime: number): boolean {
  const isBefore = typeof params.prompt === 'string' && params.prompt.split(' ').includes('login') && authTime < iat;
  return isBefore || (params.max_age !== undefined && ageOf(authTime) > Number(params.max_age));
}

export function ageOf(authTime: number): number {
  return Math.floor(Date.now() / 1000) - authTime;
}

/** Both times are whole seconds: of a sign-in in the very second of the request nobody could say which came first. */
export async function waitForNextSecond(authTime: number): Promise<void> {
  await delay(Math.min(1000, Math.max(0, (authTime + 1) * 1000 - Date.now())));
}
