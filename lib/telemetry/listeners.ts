import type { EventEmitter } from 'node:events';
import type { SmsOtpEvents } from '../events.ts';

/** Listeners for some of the events. */
export type Listeners = { readonly [Name in keyof SmsOtpEvents]?: (...facts: SmsOtpEvents[Name]) => void };

/** @returns a function that removes the listeners */
export function listen(events: EventEmitter<SmsOtpEvents>, listeners: Listeners): () => void {
  const all = Object.entries(listeners) as [string, () => void][];
  const emitter: EventEmitter = events;
  for (const [name, listener] of all) emitter.on(name, listener);
  return () => {
    for (const [name, listener] of all) emitter.off(name, listener);
  };
}
