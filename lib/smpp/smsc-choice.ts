import type { Smsc } from './smsc.ts';

/** One with room, and the least to do. One that does not suit is asked only where none that does can be. */
export function chooseSmsc(candidates: readonly Smsc[], recipient: string, now: number): Smsc | undefined {
  const suitable = candidates.filter((smsc) => smsc.suits(recipient, now));
  return leastLoaded(suitable.some(({ isUp }) => isUp) ? suitable : candidates, now);
}

/** The first of them where several are. */
function leastLoaded(smscs: readonly Smsc[], now: number): Smsc | undefined {
  const free = smscs.filter(({ freeAt }) => freeAt <= now);
  return free.reduce<Smsc | undefined>((best, smsc) => (best && best.load <= smsc.load ? best : smsc), undefined);
}
