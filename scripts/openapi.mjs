// Writes docs/openapi.json: the HTTP API as OpenAPI 3.1, from the router's paths and the errors' statuses. `npm run openapi`.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ERRORS } from '../lib/errors.ts';
import { ROUTES } from '../lib/http/router.ts';
import { OPERATIONS } from './openapi-operations.mjs';
import { SCHEMAS } from './openapi-schemas.mjs';

const FILE = 'docs/openapi.json';
const HTML = { 'text/html': { schema: { type: 'string' } } };
const TITLES = {
  400: 'The request cannot be read.',
  401: 'A factor is missing or wrong.',
  403: 'Refused.',
  405: 'The path does not know this method; `Allow` names those it knows.',
  409: 'The request does not fit where the sign-in stands.',
  410: 'The code is over.',
  415: 'Neither a form nor JSON.',
  422: 'The number is not accepted.',
  429: 'Too much, or too early. After `Retry-After` the same request works.',
  500: 'The app is set up wrongly; `detail` says the remedy.',
  503: 'A dependency cannot say. After `Retry-After` the same request works.',
};

const STATUS = Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status]));

/** The document, made anew. */
export function openApi() {
  const { version, license } = JSON.parse(readFileSync('package.json', 'utf8'));
  const paths = Object.fromEntries(
    Object.entries(ROUTES).map(([path, methods]) => [path.replace(':name', '{name}'), pathItem(path, methods)]),
  );
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'express-sms-otp',
      version,
      license: { name: license, identifier: license },
      description:
        'Sign-in with a password and a code by SMS. All routes speak HTML and JSON: HTML where `Accept` prefers it. The paths are under `basePath`. A path that is known answers other methods with 405.',
    },
    servers: [{ url: '/auth', description: '`basePath`, where the handler is mounted' }],
    security: [{ session: [] }],
    paths,
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'connect.sid',
          description: "The app's session; its value changes with each factor.",
        },
      },
      schemas: { ...SCHEMAS, Problem: problemSchema() },
    },
  };
}

function pathItem(path, methods) {
  const parameters = path.includes(':name')
    ? [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }]
    : [];
  const operations = methods.map((method) => {
    const key = `${method.toUpperCase()} ${path}`;
    const operation = OPERATIONS[key];
    if (operation === undefined) throw new Error(`There is no operation ${key}.`);
    return [method, operationOf(method, operation)];
  });
  return { ...(parameters.length > 0 && { parameters }), ...Object.fromEntries(operations) };
}

function operationOf(method, { id, summary, fields, html = 'page', codes, ok = 'State' }) {
  const success =
    ok === 'asset'
      ? { 200: { description: 'The file.', content: { 'text/css': TEXT, 'text/javascript': TEXT } } }
      : successOf(html, ok);
  return {
    operationId: id,
    summary,
    ...(method === 'get' && html === 'page' && { parameters: [RETURN_TO] }),
    ...(fields && { requestBody: bodyOf(fields) }),
    responses: { ...success, ...problemsOf(codes) },
  };
}

const TEXT = { schema: { type: 'string' } };
const RETURN_TO = { name: 'returnTo', in: 'query', schema: { $ref: '#/components/schemas/ReturnTo' } };
const LOCATION = { Location: { required: true, schema: { type: 'string' } } };

function successOf(html, schema) {
  const json = { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
  const found = { 303: { description: 'HTML: the page on which it goes on.', headers: LOCATION } };
  if (html === 'none') return { 200: { description: 'The state.', content: json } };
  if (html === 'redirect') return { 200: { description: 'JSON: the state.', content: json }, ...found };
  const shown = { 200: { description: 'HTML: the page. JSON: the state.', content: { ...json, ...HTML } } };
  return html === 'shown' ? shown : { ...shown, ...found };
}

function bodyOf(fields) {
  const properties = Object.fromEntries(fields.map((name) => [name, { $ref: `#/components/schemas/${FIELDS[name]}` }]));
  const required = fields.filter((name) => name !== 'returnTo' && name !== 'trustBrowser');
  const schema = {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    unevaluatedProperties: false,
  };
  const content = { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } };
  return { required: required.length > 0, content };
}

const FIELDS = {
  username: 'Username',
  password: 'Password',
  code: 'Code',
  trustBrowser: 'TrustBrowser',
  number: 'NumberIndex',
  browser: 'NumberIndex',
  phone: 'Phone',
  returnTo: 'ReturnTo',
};

function problemsOf(codes) {
  const statuses = [...new Set(codes.map((code) => STATUS[code]))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const here = codes.filter((code) => STATUS[code] === status);
      return [status, problemResponse(status, here)];
    }),
  );
}

function problemResponse(status, codes) {
  const schema = {
    type: 'object',
    $ref: '#/components/schemas/Problem',
    properties: { status: { const: status }, code: { enum: codes } },
    unevaluatedProperties: false,
  };
  const waits = status === 429 || status === 503;
  return {
    description: TITLES[status],
    ...(waits && { headers: { 'Retry-After': { required: true, schema: { type: 'integer', minimum: 1 } } } }),
    content: { 'application/problem+json': { schema }, ...HTML },
  };
}

function problemSchema() {
  const types = Object.keys(STATUS).map((code) => `urn:express-sms-otp:${code.toLowerCase().replaceAll('_', '-')}`);
  return {
    type: 'object',
    description: 'An error (RFC 9457). Branch on `code`; `detail` is for people, and may change.',
    properties: {
      type: { enum: types },
      title: { type: 'string' },
      status: { enum: [...new Set(Object.values(STATUS))].sort((a, b) => a - b) },
      code: { enum: Object.keys(STATUS) },
      detail: { type: 'string' },
      attemptsRemaining: { type: 'integer', minimum: 0 },
      stage: { $ref: '#/components/schemas/Stage' },
      location: { type: 'string' },
    },
    required: ['type', 'title', 'status', 'code', 'detail'],
    unevaluatedProperties: false,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(FILE, `${JSON.stringify(openApi(), null, 1)}\n`);
}
