import type { CsvKind } from '../../../daemon/intake/csv-columns.ts';

const kinds: Readonly<Record<CsvKind, string>> = {
  text: 'text',
  number: 'whole number',
  boolean: '`true`/`false`, `ja`/`nej` or `yes`/`no`',
  words: 'words parted by `|`',
  accessories: 'add-ons as `SKU:QUANTITY`, parted by `|`: `EM_FOB:1|EM_HOLDER:2`',
};

/** The page on CSV files of orders, from the table of columns. */
export function csvPage(columns: Readonly<Record<string, CsvKind>>): string {
  return `# Orders as CSV

UTF-8 with a header row; comma, semicolon or tab between the cells, whichever the header uses. One order a row; an empty cell
is an absent field. Pictures are named by a path relative to the file. The columns are the fields of the order
(\`order.schema.json\` says what each may hold); their order does not matter, and those not needed may be left out.

| column | cell |
| --- | --- |
${Object.entries(columns).map(([name, kind]) => `| \`${name}\` | ${kinds[kind]} |`).join('\n')}
`;
}
