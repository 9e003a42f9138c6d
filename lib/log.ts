import debug from 'debug';

/** The log for operators. It is never given a code, a password or a full number. */
export interface Logger {
  /** Single steps, for a person who looks for a fault. */
  debug(message: string): void;
  /** Events that happen once, as at start. */
  info(message: string): void;
  /** Things that work, but should be looked at. */
  warn(message: string): void;
  /** Failures that need somebody. */
  error(message: string): void;
}

/**
 * The default logger: `debug` in the namespace `express-sms-otp:<area>`. Warnings and errors are printed even if
 * `DEBUG` is not set.
 */
export function debugLogger(area: string): Logger {
  const quiet = debug(`express-sms-otp:${area}`);
  const loud = debug(`express-sms-otp:${area}`);
  loud.enabled = true;
  const speak = (message: string): void => {
    if (quiet.enabled) quiet('%s', oneLine(message));
  };
  return {
    debug: speak,
    info: speak,
    warn: (message) => loud('warning: %s', oneLine(message)),
    error: (message) => loud('error: %s', oneLine(message)),
  };
}

/** A name with a line break in it must not look like a line of its own. */
function oneLine(message: string): string {
  return message.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
