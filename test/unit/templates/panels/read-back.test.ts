import { beforeAll, describe, expect, it } from 'vitest';
import { compileTemplate } from '../../../../templates/compile/compile-template.ts';
import { prepareCodeReader, requireCodes, type ExpectedCode } from '../../../../templates/panels/read-back.ts';
import { drawCode } from '../../../../templates/render/draw-code.ts';
import { shippedSources } from '../../../support/templates/drawings.ts';

const content = 'BB-2611-000123';
const both: readonly ExpectedCode[] = [{ name: 'cardNumberQr', kind: 'qr', content }, { name: 'cardNumberBars', kind: 'code128', content }];
const { codes } = compileTemplate(shippedSources()).back;

/** A K panel with the codes of the back. */
function panel(): Uint8Array {
  const k = new Uint8Array(1016 * 648);
  for (const field of codes) drawCode(k, field, content);
  return k;
}

describe('read-back', () => {
  beforeAll(() => prepareCodeReader());

  it('accepts a panel whose codes say what they must', async () => {
    await expect(requireCodes(panel(), both)).resolves.toBeUndefined();
    await expect(requireCodes(new Uint8Array(1016 * 648), [])).resolves.toBeUndefined();
  });

  it('refuses a code that says another number', async () => {
    const others = both.map((code) => (code.kind === 'qr' ? { ...code, content: 'BB-2611-000124' } : code));
    await expect(requireCodes(panel(), others)).rejects.toMatchObject({ code: 'TPL-CODE-UNREADABLE', detail: { field: 'cardNumberQr' } });
  });

  it.each(codes)('refuses a panel on which $name is spoilt', async ({ name, box }) => {
    const k = panel();
    for (let row = box.y; row < box.y + box.height; row += 1) k.fill(row % 2, row * 1016 + box.x + 40, row * 1016 + box.x + box.width - 40);
    await expect(requireCodes(k, both)).rejects.toMatchObject({ code: 'TPL-CODE-UNREADABLE', detail: { field: name } });
  });

  it('refuses a code that nobody asked for', async () => {
    await expect(requireCodes(panel(), both.slice(0, 1))).rejects.toMatchObject({ code: 'TPL-CODE-UNREADABLE', detail: { data: { found: 2, expected: 1 } } });
  });
});
