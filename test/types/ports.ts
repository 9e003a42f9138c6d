// Compiled, never run: what a user store, a transport and a shared state of one's own must look like.
import type { SharedState, SmsTransport, UserStore } from 'express-sms-otp';
import { type RedisClient, redisState } from 'express-sms-otp/redis';
import type { createClient } from 'redis';

export const smallestStore: UserStore = { findUser: async () => ({ id: '1', username: 'ada', phoneNumbers: [] }) };

// @ts-expect-error nobody is undefined, not null
export const storeWithNull: UserStore = { findUser: async () => null };

export const smallestTransport: SmsTransport = { send: async () => ({ status: 'unknown' }) };

// @ts-expect-error a refusal has a reason
export const silentRefusal: SmsTransport = { send: async () => ({ status: 'refused' }) };

// @ts-expect-error a counter says when its window ends
export const countOnly: Pick<SharedState, 'add'> = { add: async () => ({ total: 1 }) };

declare const client: ReturnType<typeof createClient>;
redisState(client) satisfies SharedState;
client satisfies RedisClient;
