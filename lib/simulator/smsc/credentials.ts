import type { Pdu } from '../../smpp/codec.ts';

const WRONG_PASSWORD = 0x0e;
const WRONG_SYSTEM_ID = 0x0f;

export interface SmscCredentials {
  /** Only binds with these are accepted. Default: any is. */
  readonly systemId?: string;
  readonly password?: string;
}

/** The `command_status` that a bind deserves; 0 where it is right. */
export function checkCredentials({ fields }: Pdu, { systemId, password = '' }: SmscCredentials): number {
  if (systemId === undefined) return 0;
  if (fields.system_id !== systemId) return WRONG_SYSTEM_ID;
  return fields.password === password ? 0 : WRONG_PASSWORD;
}
