#!/usr/bin/env node
import { run } from './run.ts';
import { processTerminal } from './terminal.ts';

const code = await run(process.argv.slice(2), processTerminal());
// A client that the configuration file opened, such as one of Redis, would keep the process alive.
process.stdout.write('', () => process.exit(code));
