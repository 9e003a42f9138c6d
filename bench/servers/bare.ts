import express, { type Express } from 'express';

/** The floor: Express and one route. */
export function createApp(): Express {
  const app = express();
  app.get('/', (_req, res) => void res.send('hello'));
  return app;
}
