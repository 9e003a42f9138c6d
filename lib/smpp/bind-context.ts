import type { BindMode } from './bind.ts';
import type { SmscSettings } from './smsc-schema.ts';
import type { Timings } from './timings.ts';

/** What all binds to one SMSC share. */
export interface BindContext {
  readonly smsc: SmscSettings;
  readonly timings: Timings;
  /** The modes in which it was bound already. */
  readonly proven: Set<BindMode>;
}
