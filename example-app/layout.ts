import { html } from 'express-sms-otp';

export type Html = ReturnType<typeof html>;

/**
 * One page of a site of the demo, which serves the bank's stylesheet at `/public`.
 *
 * @param more for the head
 */
export function layout(site: string, title: string, content: Html, more?: Html): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${site}</title>
<link rel="icon" href="/public/bank.svg">
<link rel="stylesheet" href="/public/bank.css">
${more}
</head>
<body>
<header><a href="/">${site}</a></header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return page.toString();
}
