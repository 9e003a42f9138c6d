/**
 * `config`: somebody has to change the configuration before another attempt can work. `busy`: the account's binds are
 * all taken, perhaps only for a moment.
 */
export type FailureKind = 'passing' | 'busy' | 'config';

/** Why an SMSC cannot be used. The message is for operators: it holds no credentials, no number and no text. */
export class SmscFailure extends Error {
  override readonly name = 'SmscFailure';
  readonly kind: FailureKind;

  constructor(message: string, kind: FailureKind = 'passing') {
    super(message);
    this.kind = kind;
  }
}
