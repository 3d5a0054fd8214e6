import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compileTemplate, requireApproval } from '../../../../templates/compile/compile-template.ts';
import { readTemplates, shippedDesigns } from '../../../../templates/compile/read-template.ts';
import { shippedSources } from '../../../support/templates/drawings.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** The shipped manifest with a change made to its JSON. */
function changed(change: (manifest: Record<string, unknown>) => void): string {
  const manifest: unknown = JSON.parse(shippedSources().manifest);
  if (typeof manifest !== 'object' || manifest === null) throw new Error('not an object');
  const copy: Record<string, unknown> = { ...manifest };
  change(copy);
  return JSON.stringify(copy);
}

describe('compile-template', () => {
  it('compiles the shipped design, which is approved as it stands', () => {
    const template = compileTemplate(shippedSources());
    expect(() => requireApproval(template)).not.toThrow();
    expect(template.sourceHash).toBe(template.manifest.approved.sources);
  });

  it('refuses a design that was changed after its approval, drawing or manifest', () => {
    const sources = shippedSources();
    const redrawn = compileTemplate({ ...sources, front: sources.front.replace('Behörighetskort', 'Passerkort') });
    expect(() => requireApproval(redrawn)).toThrow(/TPL-INVALID.*changed after it was approved/);
    const retuned = compileTemplate({ ...sources, manifest: changed((manifest) => { manifest['version'] = '1.0.1'; }) });
    expect(() => requireApproval(retuned)).toThrow(/TPL-INVALID/);
  });

  it('does not count the approval itself, so that approving does not change what was approved', () => {
    const sources = shippedSources();
    const zeros = { sources: '0'.repeat(64), front: '0'.repeat(64), back: '0'.repeat(64) };
    const unapproved = compileTemplate({ ...sources, manifest: changed((manifest) => { manifest['approved'] = zeros; }) });
    expect(unapproved.sourceHash).toBe(compileTemplate(sources).sourceHash);
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['an unknown key', changed((manifest) => { manifest['pin'] = true; }), /pin/],
    ['a missing key', changed((manifest) => { delete manifest['codes']; }), /codes/],
    ['a field that no drawing places', changed((manifest) => { manifest['fields'] = { ...Object(manifest['fields']), nickname: { required: false, maxLength: 9, minSizePx: 24, align: 'left', panel: 'k' } }; }), /no drawing places nickname/],
    ['text smaller than a ribbon holds', changed((manifest) => { manifest['fields'] = { ...Object(manifest['fields']), firstName: { required: true, maxLength: 9, minSizePx: 12, align: 'left', panel: 'k' } }; }), /minSizePx/],
    ['a QR module under 5 dots', changed((manifest) => { manifest['codes'] = { ...Object(manifest['codes']), cardNumberQr: { kind: 'qr', content: 'cardNumber', modulePx: 3, quietModules: 4, errorCorrection: 'M' } }; }), /modulePx/],
  ])('refuses a manifest with %s, naming the file', (_name, manifest, reason) => {
    expect(() => compileTemplate({ ...shippedSources(), manifest })).toThrow(reason);
    expect(() => compileTemplate({ ...shippedSources(), manifest })).toThrow('id06/template.json');
  });

  it('reads every shipped design and names a broken or misnamed one', async () => {
    expect((await readTemplates(shippedDesigns())).map(({ manifest }) => manifest.id)).toContain('id06');
    const folder = await mkdtemp(join(tmpdir(), 'designs-'));
    folders.push(folder);
    await mkdir(join(folder, 'visitor'));
    await expect(readTemplates(folder)).rejects.toThrow(/TPL-INVALID.*visitor\/front\.svg: cannot be read/);
    const sources = shippedSources();
    await writeFile(join(folder, 'visitor', 'front.svg'), sources.front);
    await writeFile(join(folder, 'visitor', 'back.svg'), sources.back);
    await writeFile(join(folder, 'visitor', 'template.json'), sources.manifest);
    await expect(readTemplates(folder)).rejects.toThrow(/id id06 is not the folder's name/);
    await writeFile(join(folder, 'visitor', 'front.svg'), ' '.repeat(600_000));
    await expect(readTemplates(folder)).rejects.toThrow(/larger than/);
  });
});
