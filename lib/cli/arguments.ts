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
    return parseArgs({ args: joinValues(args, options), options, allowPositionals: true, strict: true });
  } catch (error) {
    const [problem = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw new UsageError(problem);
  }
}

/** parseArgs() takes a value that begins with a dash, as the id of a browser may, only behind "=". */
function joinValues(args: readonly string[], options: Flags): string[] {
  const isFlag = (arg: string): boolean => arg.startsWith('--') && Object.hasOwn(options, arg.slice(2));
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1) ?? '';
    const isValue =
      isFlag(before) && options[before.slice(2)]?.type === 'string' && arg.startsWith('-') && !isFlag(arg);
    if (isValue) joined.push(`${joined.pop()}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}
