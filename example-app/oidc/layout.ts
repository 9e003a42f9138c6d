import { type Html, html } from '../html.ts';

/** One page of a site of the demo, which serves the bank's stylesheet at `/public`. */
export function layout(site: string, title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${site}</title>
<link rel="icon" href="/public/bank.svg">
<link rel="stylesheet" href="/public/bank.css">
</head>
<body>
<header><a href="/">${site}</a></header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.text;
}
