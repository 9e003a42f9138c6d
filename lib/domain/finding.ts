/** One thing that was looked at, for operators: no text in it holds a secret, a code or a full phone number. */
export interface Finding {
  /** The subject that was examined, as `SMSC smsc.example.net:3550 TLS`. */
  readonly check: string;
  /** `warning`: it works, but is worth less than it could be. `skipped`: `detail` says why it was not looked at. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** The observation, or why there is none; never a password, a code or a full number. */
  readonly detail: string;
  /** The remedy. */
  readonly remedy?: string;
}
