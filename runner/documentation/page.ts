import { type Html, html } from "./html.ts";

/** One page: its title, and what stands in its main part. */
export interface Page {
  readonly title: string;
  readonly main: Html;
}

/** A whole page of the documentation, with the search and the way back to the first one. */
export function renderPage({ title, main }: Page, project: string): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title === project ? project : `${title} · ${project}`}</title>
        <link rel="stylesheet" href="style.css" />
        <link rel="icon" href="data:," />
        <script src="script.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <a class="home" href="index.html">${project}</a>
          <div class="search">
            <input
              id="search"
              type="search"
              placeholder="Search models, columns …"
              autocomplete="off"
              spellcheck="false"
              role="combobox"
              aria-label="Search"
              aria-expanded="false"
              aria-controls="results"
              aria-autocomplete="list"
            />
            <kbd aria-hidden="true">/</kbd>
            <ul id="results" role="listbox" aria-label="Results" hidden></ul>
          </div>
        </header>
        <main id="main" tabindex="-1">${main}</main>
      </body>
    </html> `;
  return page.text;
}
