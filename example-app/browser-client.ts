import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RequestHandler } from 'express';

const FOLDER = fileURLToPath(new URL('../lib/client/', import.meta.url));

/**
 * Serves the package's client for browsers, compiled from its source. An app bundles `express-sms-otp/client`, or serves
 * `node_modules/express-sms-otp/dist/client/esm` as it is.
 */
export function sendClient(): RequestHandler {
  return async function sendClient(req, res, next) {
    const [, name] = /^\/([a-z]+)\.js$/.exec(req.path) ?? [];
    if (name === undefined) return next();
    // TypeScript 7 has no interface for programs yet.
    const { default: ts } = await import('typescript-5.8');
    const compilerOptions = {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
    };
    const source = readFileSync(`${FOLDER}${name}.ts`, 'utf8');
    res.type('text/javascript').send(ts.transpileModule(source, { compilerOptions }).outputText);
  };
}
