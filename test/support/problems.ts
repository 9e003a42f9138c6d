import { SmsOtpConfigError } from '../../lib/errors.ts';

/** The problems for which options are refused; none if they are taken. */
export function problemsIn(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof SmsOtpConfigError) return error.problems;
    throw error;
  }
}
