import type { Request } from 'express';

/** Whether a person reads the answer. Whoever asks for anything, or sends JSON, is a program. */
export function prefersHtml(req: Request): boolean {
  return req.accepts(['json', 'html']) === 'html' && !req.is('application/json');
}
