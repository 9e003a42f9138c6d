import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

type Flags = NonNullable<ParseArgsConfig['options']>;
type Parsing<Options extends Flags> = { args: string[]; options: Options; allowPositionals: true; strict: true };

interface Arguments<Options extends Flags> {
  readonly values: ReturnType<typeof parseArgs<Parsing<Options>>>['values'];
  readonly words: readonly string[];
}

/** Where the options are, for every command that needs them. */
export const CONFIG_FLAG = { config: { type: 'string', default: 'sms-otp.config.js' } } as const satisfies Flags;

/**
 * A command's flags and the words among them.
 *
 * @throws UsageError where a flag is unknown or lacks its value, or where there is a word too few or too many
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
