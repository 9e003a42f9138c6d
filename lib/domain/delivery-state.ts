/** What became of a challenge's last SMS. */
export type DeliveryState = 'queued' | 'accepted' | 'delivered' | 'failed' | 'unknown';

/** What a receipt says. */
type FinalState = Extract<DeliveryState, 'delivered' | 'failed' | 'unknown'>;

export function isDeliveryState(state: string | undefined): state is DeliveryState {
  return state === 'queued' || state === 'accepted' || isFinal(state);
}

export function isFinal(state: string | undefined): state is FinalState {
  return state === 'delivered' || state === 'failed' || state === 'unknown';
}
