import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultTable } from '../../drivers/contracts/fault.ts';
import type { FaultEntry } from '../../drivers/contracts/fault-entry.ts';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { faultPage } from './fault-page.ts';
import { allSources } from './source-tree.ts';
import { visit } from './source-file.ts';

const entries = Object.entries<FaultEntry>(faultTable);

describe('the fault table', () => {
  it('is what docs/faults.md says (npm run docs writes it)', () => {
    expect(readFileSync(join(packageRoot(), 'docs', 'faults.md'), 'utf8')).toBe(faultPage());
  });

  it.each(entries)('%s is a code with a whole sentence in both languages', (code, { sv, en }) => {
    expect(code).toMatch(/^[A-Z]{3}(-[A-Z0-9]+)+$|^[A-Z]{2,4}(-[A-Z0-9]+)*$/);
    for (const sentence of [sv, en]) {
      expect(sentence).toMatch(/^[\p{Lu}{0-9].*[.!?]$/u);
      expect(sentence).not.toContain('|');
      expect(sentence.match(/\{[^}]*\}/g) ?? []).toSatisfy((all: string[]) => all.every((one) => ['{field}', '{date}', '{sectors}', '{left}', '{needed}'].includes(one)));
    }
    expect(sv).not.toBe(en);
  });

  it('holds each code in one of its files only', () => {
    const codes: string[] = [];
    for (const file of allSources().filter(({ path }) => /^drivers\/contracts\/[a-z]+-faults\.ts$/.test(path))) {
      visit(file, { Property: ({ key, value }) => { if (key.type === 'Literal' && value.type === 'ObjectExpression') codes.push(String(key.value)); } });
    }
    expect(codes).toHaveLength(entries.length);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
