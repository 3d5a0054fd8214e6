import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileTemplate } from '../../../../templates/compile/compile-template.ts';
import type { CodeField } from '../../../../templates/compile/compiled-template.ts';
import { prepareCodeReader, requireCodes } from '../../../../templates/panels/read-back.ts';
import { encodeCode } from '../../../../templates/render/code-modules.ts';
import { codeCanBeDrawn, drawCode } from '../../../../templates/render/draw-code.ts';
import { shippedSources } from '../../../support/templates/drawings.ts';

const blank = (): Uint8Array => new Uint8Array(1016 * 648);

// Drawing takes its time on a busy computer.
describe('draw-code', { timeout: 60_000 }, () => {
  let bars: CodeField;
  let qr: CodeField;
  beforeAll(async () => {
    await prepareCodeReader();
    const { codes } = compileTemplate(shippedSources()).back;
    const [found, other] = [codes.find(({ name }) => name === 'cardNumberBars'), codes.find(({ name }) => name === 'cardNumberQr')];
    if (found === undefined || other === undefined) throw new Error('codes missing');
    [bars, qr] = [found, other];
  });

  // ISO/IEC 15417: start B 211214, "A" 111323, check 131123 for value (104 + 1 * 33) mod 103 = 34 ("B"), stop 2331112.
  it('encodes Code 128 by the widths of its standard', () => {
    const { dark } = encodeCode(bars.rules, 'A');
    const widths = [...dark].join('').match(/1+|0+/g)?.map(({ length }) => length).join('');
    expect(widths).toBe('2112141113231311232331112');
  });

  it('makes a QR symbol of version 1 for a card number: 21 modules with three finder patterns', () => {
    const { columns, rows, dark } = encodeCode(qr.rules, 'BB-2611-000123');
    const row = (y: number, from: number): string => [...dark.subarray(y * columns + from, y * columns + from + 7)].join('');
    expect([columns, rows]).toEqual([21, 21]);
    expect([row(0, 0), row(3, 0), row(0, 14), row(20, 0)]).toEqual(['1111111', '1011101', '1111111', '1111111']);
  });

  it('draws whole dots with the quiet zone blank, and another library reads every card number back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Z]{2}-\d{4}-\d{6}$/), async (content) => {
        const k = blank();
        expect([drawCode(k, bars, content), drawCode(k, qr, content)]).toEqual([true, true]);
        await requireCodes(k, [{ name: 'bars', kind: 'code128', content }, { name: 'qr', kind: 'qr', content }]);
        const quiet = bars.rules.modulePx * bars.rules.quietModules;
        const row = k.subarray((bars.box.y + 9) * 1016 + bars.box.x, (bars.box.y + 9) * 1016 + bars.box.x + bars.box.width);
        expect(row.indexOf(1)).toBeGreaterThanOrEqual(quiet);
        expect(row.length - 1 - row.lastIndexOf(1)).toBeGreaterThanOrEqual(quiet);
        const runs = [...row].join('').match(/1+|0+/g)?.slice(1, -1) ?? [];
        expect(runs.every(({ length }) => length % bars.rules.modulePx === 0)).toBe(true);
      }),
      { numRuns: 8, seed: 6 },
    );
  });

  it('refuses what cannot be encoded or does not fit with its quiet zone', () => {
    for (const content of ['', 'Å', 'a\u0000', 'x'.repeat(60), '1'.repeat(8000)]) {
      expect(codeCanBeDrawn(bars, content)).toBe(false);
      expect(drawCode(blank(), bars, content)).toBe(false);
    }
    expect(codeCanBeDrawn(qr, 'x'.repeat(60))).toBe(false);
    expect(codeCanBeDrawn({ ...qr, box: { ...qr.box, height: 200 } }, 'BB-2611-000123')).toBe(false);
  });

  it('refuses a template that draws into a code box', () => {
    const k = blank();
    k[(bars.box.y + 3) * 1016 + bars.box.x + 3] = 1;
    expect(() => drawCode(k, bars, 'BB-2611-000123')).toThrow(/TPL-INVALID/);
  });
});
