/** The panel's page: one script and one style sheet, both of the extension, and nothing else. */
import { randomBytes } from "node:crypto";

export interface PageParts {
  readonly script: string;
  readonly style: string;
  /** Where the editor serves an extension's files from. */
  readonly source: string;
}

export function pageHtml({ script, style, source }: PageParts): string {
  const nonce = randomBytes(18).toString("base64url");
  const policy = `default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Model</title>
    <link rel="stylesheet" href="${style}" />
  </head>
  <body>
    <div id="app"></div>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
