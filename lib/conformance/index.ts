export type { Runner } from './runner.ts';
export { testSharedState } from './shared-state.ts';
export type { OpenSharedState, SharedStatePart, SharedStateSetup } from './shared-state-harness.ts';
export { testSmsTransport } from './sms-transport.ts';
export type {
  NetworkMood,
  OpenSmsTransport,
  ReceivedMessages,
  SmsTransportPart,
  SmsTransportSetup,
} from './sms-transport-harness.ts';
export { testUserStore } from './user-store.ts';
export type { OpenUserStore, SamplePerson, UserStorePart, UserStoreSetup } from './user-store-harness.ts';
