import { STATUS_NAMES } from './codec.ts';

/** What a `command_status` means for the message, or the bind, that it answers. */
export type StatusClass = 'ok' | 'throttled' | 'transient' | 'session' | 'number' | 'route' | 'config' | 'bug';

// SMPP 3.4, section 5.1.3, and SMPP 5.0 for what is above 0xFF.
const CLASSES = new Map<number, StatusClass>();
classify('ok', 0x00);
classify('throttled', 0x14, 0x58);
classify('session', 0x04, 0x05);
classify('number', 0x0b, 0xfe);
classify('route', 0x0a, 0x15, 0x48, 0x49, 0x50, 0x51, 0x62, 0x65, 0x66);
classify('route', 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0x100, 0x101, 0x103, 0x104);
classify('config', 0x0d, 0x0e, 0x0f, 0x53);
classify('bug', 0x01, 0x02, 0x03, 0x06, 0x07, 0x33, 0x34, 0x40, 0x42, 0x43, 0x44, 0x54, 0x61, 0x63);

function classify(name: StatusClass, ...statuses: readonly number[]): void {
  for (const status of statuses) CLASSES.set(status, name);
}

/** What one SMSC's own values mean, or what it means by others. Success is always 0. */
export type StatusClasses = Readonly<Record<number, Exclude<StatusClass, 'ok'>>>;

/** Vendors' own and reserved values are transient where nobody says otherwise. */
export function classOf(status: number, ownClasses: StatusClasses = {}): StatusClass {
  return ownClasses[status] ?? CLASSES.get(status) ?? 'transient';
}

/** As `ESME_RTHROTTLED (0x58)`. */
export function describeStatus(status: number): string {
  const digits = `0x${status.toString(16).toUpperCase().padStart(2, '0')}`;
  return `${STATUS_NAMES.get(status) ?? 'status'} (${digits})`;
}
