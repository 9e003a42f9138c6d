export type { DirectoryBehaviour } from './directory/behaviour.ts';
export { type DirectoryOptions, type DirectorySimulator, startDirectory } from './directory/directory.ts';
export type { DirectoryEntry } from './directory/entry.ts';
export type { DirectoryOperation } from './directory/operation.ts';
export { type Inbox, type InboxOptions, startInbox } from './inbox/inbox.ts';
export type { ConnectionBehaviour, IdForm, MessageBehaviour, Reaction } from './smsc/behaviour.ts';
export type { ReceiptState } from './smsc/receipt.ts';
export type { SmscTls } from './smsc/server.ts';
export {
  type Behaviour,
  type ReceivedMessage,
  type SmscOptions,
  type SmscSimulator,
  type SubmitRecord,
  startSmsc,
} from './smsc/smsc.ts';
export { type Phone, startTestbed, type Testbed } from './testbed.ts';
