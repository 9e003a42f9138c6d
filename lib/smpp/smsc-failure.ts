/** Why an SMSC cannot be used. The message is for operators: it holds no credentials, no number and no text. */
export class SmscFailure extends Error {
  override readonly name = 'SmscFailure';
  /** Whether somebody has to change the configuration before another attempt can work. */
  readonly isConfig: boolean;

  constructor(message: string, isConfig = false) {
    super(message);
    this.isConfig = isConfig;
  }
}
