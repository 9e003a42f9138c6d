/** Why a command failed, in words for the operator: exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** One or several lines. */
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
