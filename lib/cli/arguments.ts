import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './failure.ts';

type Flags = NonNullable<ParseArgsConfig['options']>;
type Parsing<Options extends Flags> = { args: string[]; options: Options; allowPositionals: true; strict: true };

interface Arguments<Options extends Flags> {
  readonly values: ReturnType<typeof parseArgs<Parsing<Options>>>['values'];
  readonly words: readonly string[];
}

/** Names the configuration file, for every command that needs the options. */
export const CONFIG_FLAG = { config: { type: 'string', default: 'sms-otp.config.js' } } as const satisfies Flags;

/**
 * Reads a command's flags and positional words.
 *
 * @throws UsageError if a flag is unknown or lacks its value, or if there are too few or too many words
 */
export function readArguments<const Options extends Flags>(
  args: readonly string[],
  options: Options,
  names: readonly string[] = [],
): Arguments<Options> {
  const { values, positionals } = parse(args, options);
  const [missing] = names.slice(positionals.length);
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  if (positionals.length > names.length) throw new UsageError('Too many arguments.');
  return { values, words: positionals };
}

function parse<const Options extends Flags>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [problem = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw new UsageError(problem);
  }
}
