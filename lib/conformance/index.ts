export type { Runner } from './runner.ts';
export type { SamplePerson } from './sample-people.ts';
export { type OpenSharedState, type SharedStateSetup, testSharedState } from './shared-state.ts';
export {
  type NetworkMood,
  type OpenSmsTransport,
  type ReceivedMessages,
  type SmsTransportPart,
  type SmsTransportSetup,
  testSmsTransport,
} from './sms-transport.ts';
export { type OpenUserStore, testUserStore, type UserStorePart, type UserStoreSetup } from './user-store.ts';
