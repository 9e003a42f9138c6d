/** Why a command could not be carried out, in words for the operator: exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** One or several lines. */
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}
