import { describe, expect, it } from 'vitest';
import { compileSide } from '../../../../templates/compile/compile-side.ts';
import type { CompiledSide } from '../../../../templates/compile/compiled-template.ts';
import { drawing, shippedManifest, shippedSources, textField } from '../../../support/templates/drawings.ts';

const manifest = shippedManifest();
const compile = (parts: Parameters<typeof drawing>[0]): CompiledSide => compileSide(drawing(parts), 'prov/front.svg', manifest);

describe('compile-side', () => {
  it('gives the shipped front as data: fields, the chip hole, labels and static art without the fields', () => {
    const front = compileSide(shippedSources().front, 'id06/front.svg', manifest);
    expect(front.texts.map(({ name }) => name)).toEqual(['validTo', 'organisationNumber', 'firstName', 'lastName', 'companyName', 'cardNumber']);
    expect(front.pictures.map(({ name }) => name).toSorted()).toEqual(['logo', 'photo']);
    expect(front.labels.every(({ sizePx }) => sizePx >= 20)).toBe(true);
    expect(front.staticTexts).toContain('Org.nr');
    expect(front.kArt).not.toContain('Sjöström');
    expect(front.colourArt).not.toContain('data-field');
  });

  it('leaves the contact chip of ISO 7816-2 free with 2.5 mm around it', () => {
    const dots = 300 / 25.4;
    const bleed = { x: (1016 - 85.6 * dots) / 2, y: (648 - 53.98 * dots) / 2 };
    const contacts = { left: 10.25, right: 19.87, top: 19.23, bottom: 28.55 };
    const [hole] = compileSide(shippedSources().front, 'id06/front.svg', manifest).holes;
    const { x = 0, y = 0, width = 0, height = 0 } = hole ?? {};
    expect(x).toBeLessThanOrEqual(bleed.x + (contacts.left - 2.5) * dots);
    expect(y).toBeLessThanOrEqual(bleed.y + (contacts.top - 2.5) * dots);
    expect(x + width).toBeGreaterThanOrEqual(bleed.x + (contacts.right + 2.5) * dots);
    expect(y + height).toBeGreaterThanOrEqual(bleed.y + (contacts.bottom + 2.5) * dots);
  });

  it('prints the card number vertically, right of the photo, and the logo at least 354 by 118', () => {
    const front = compileSide(shippedSources().front, 'id06/front.svg', manifest);
    const number = front.texts.find(({ name }) => name === 'cardNumber');
    const photo = front.pictures.find(({ name }) => name === 'photo')?.box;
    const logo = front.pictures.find(({ name }) => name === 'logo')?.box;
    expect(number?.style.direction).toBe('up');
    expect(number?.box.x ?? 0).toBeGreaterThanOrEqual((photo?.x ?? 9999) + (photo?.width ?? 0));
    expect(logo?.width ?? 0).toBeGreaterThanOrEqual(354);
    expect(logo?.height ?? 0).toBeGreaterThanOrEqual(118);
  });

  it('works translate, scale and matrix into boxes and sizes', () => {
    const side = compile({ k: `<g transform="translate(100 10)"><g transform="scale(0.5)">${textField('firstName')}</g></g>` });
    expect(side.texts[0]).toMatchObject({ box: { x: 120, y: 40, width: 200, height: 30 }, style: { sizePx: 20, baselinePx: 60, direction: 'across' } });
    const moved = compile({ colour: '<g transform="matrix(1 0 0 1 7 9)"><rect data-field="photo" x="1" y="1" width="30" height="40"/></g>' });
    expect(moved.pictures[0]?.box).toEqual({ x: 8, y: 10, width: 30, height: 40 });
  });

  it('takes a turned text in a marked vertical field, upwards and downwards', () => {
    const style = 'x="80" y="500" font-family="Source Sans 3" font-size="36"';
    const box = { rect: 'x="50" y="100" width="40" height="400"', group: 'data-vertical="true"' };
    const up = compile({ k: textField('cardNumber', { ...box, text: `${style} transform="rotate(-90 80 500)"` }) });
    expect(up.texts[0]?.style).toMatchObject({ direction: 'up', sizePx: 36 });
    expect(up.texts[0]?.style.baselinePx).toBeCloseTo(80, 6);
    const down = compile({ k: textField('cardNumber', { ...box, text: `${style} transform="rotate(90 80 500)"` }) });
    expect(down.texts[0]?.style.direction).toBe('down');
  });

  it.each([
    ['a missing layer', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1016 648"><g id="layer-k"/></svg>', /layer-colour/],
    ['another viewBox', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"/>', /viewBox/],
    ['art outside the layers', drawing({ root: '<rect width="9" height="9"/>' }), /outside the layers/],
    ['grey in K', drawing({ k: '<rect width="9" height="9" fill="#777"/>' }), /layer-k holds fill/],
    ['see-through K', drawing({ k: '<rect width="9" height="9" fill-opacity="0.5"/>' }), /layer-k holds fill-opacity/],
    ['coloured tspan in K', drawing({ k: '<text font-family="Source Sans 3"><tspan fill="red">x</tspan></text>' }), /layer-k holds fill/],
    ['a picture in K', drawing({ k: '<image width="9" height="9" href="data:image/png;base64,AAAA"/>' }), /layer-k holds a picture/],
    ['a rotated box', drawing({ colour: '<rect data-field="photo" transform="rotate(10)" width="9" height="9"/>' }), /rotated/],
    ['a mirrored box', drawing({ colour: '<rect data-field="photo" transform="scale(-1 1)" width="9" height="9"/>' }), /mirrored/],
    ['a box without size', drawing({ colour: '<rect data-field="photo" x="9"/>' }), /no size/],
    ['an unmarked turned text', drawing({ k: textField('firstName', { text: 'x="40" y="100" font-family="Source Sans 3" font-size="40" transform="rotate(-90 40 100)"' }) }), /data-vertical/],
    ['a text turned by ten degrees', drawing({ k: textField('firstName', { text: 'x="40" y="100" font-family="Source Sans 3" font-size="40" transform="rotate(10)"' }) }), /right angle/],
    ['an unknown field', drawing({ k: textField('pin') }), /field pin/],
    ['a field in the wrong layer', drawing({ colour: textField('firstName') }), /field firstName/],
    ['a field twice', drawing({ k: textField('firstName') + textField('firstName', { rect: 'x="40" y="300" width="9" height="9"' }) }), /twice/],
    ['fields that overlap', drawing({ k: textField('firstName') + textField('lastName') }), /overlap/],
    ['a field outside the card', drawing({ k: textField('firstName', { rect: 'x="900" y="60" width="400" height="60"' }) }), /outside the card/],
    ['a field over the chip', drawing({ k: textField('firstName'), overlay: '<rect data-hole="chip" x="100" y="90" width="50" height="50"/>' }), /must stay free/],
    ['another face', drawing({ k: '<text font-family="Arial">x</text>' }), /not in Source Sans 3/],
    ['no face', drawing({ k: '<text>x</text>' }), /no font-family/],
    ['an unshipped weight', drawing({ k: '<text font-family="Source Sans 3" font-weight="500">x</text>' }), /font-weight 500/],
    ['italics', drawing({ k: '<text font-family="Source Sans 3" font-style="italic">x</text>' }), /upright/],
    ['a tiny hinted label', drawing({ k: '<text data-hinted="true" font-family="Source Sans 3" font-size="12">x</text>' }), /smaller than 20/],
    ['a text in a pattern', drawing({ overlay: '<g data-pattern="true"><text font-family="Source Sans 3">x</text></g>' }), /pattern of layer-overlay holds a text/],
    ['a coloured pattern', drawing({ overlay: '<g data-pattern="true"><path d="M0 0L9 9" stroke="red"/></g>' }), /pattern of layer-overlay holds stroke red/],
    ['something else in the overlay', drawing({ overlay: '<circle r="9"/>' }), /layer-overlay/],
  ])('refuses %s', (_name, svg, reason) => {
    expect(() => compileSide(svg, 'prov/front.svg', manifest)).toThrow(reason);
  });

  it('takes a pattern of the varnish with its holes left out, and nothing where there is none', () => {
    const hole = '<rect data-hole="chip" x="100" y="90" width="50" height="50"/>';
    const side = compile({ overlay: `<g transform="translate(5 5)"><g data-pattern="lines"><path d="M0 0L90 90" stroke="#000" stroke-width="3"/></g></g>${hole}` });
    expect(side.patternArt).toContain('<path d="M0 0L90 90" stroke="#000" stroke-width="3"/>');
    expect(side.patternArt).toContain('translate(5 5)');
    expect(side.patternArt).not.toContain('rect');
    expect(side.holes).toHaveLength(1);
    expect(compile({ overlay: hole }).patternArt).toBe('');
  });

  it('escapes static art anew', () => {
    const side = compile({ colour: '<text font-family="Source Sans 3" fill="#123">A &amp; B &lt;c&gt;</text>' });
    expect(side.colourArt).toContain('A &amp; B &lt;c&gt;');
    expect(side.staticTexts).toEqual(['A & B <c>']);
  });
});
