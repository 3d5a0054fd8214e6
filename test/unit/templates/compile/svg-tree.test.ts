import { describe, expect, it } from 'vitest';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { readSvgTree } from '../../../../templates/compile/svg-tree.ts';
import { drawing } from '../../../support/templates/drawings.ts';

const rect = '<rect x="0" y="0" width="9" height="9"/>';
const external = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
const laughs = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>';

/** Every way in that a drawing must not have: name, document, and what the reason must say. */
const hostile: readonly (readonly [string, string, RegExp])[] = [
  ['external entity', `${external}${drawing({ k: '<text>&x;</text>' })}`, /DOCTYPE/],
  ['billion laughs', `${laughs}${drawing({ k: '<text>&b;</text>' })}`, /DOCTYPE/],
  ['undeclared entity', drawing({ k: '<text>&secret;</text>' }), /entity/i],
  ['stylesheet instruction', `<?xml-stylesheet href="http://x.example/a.css"?>${drawing({})}`, /processing instruction/],
  ['CDATA', drawing({ k: '<text><![CDATA[x]]></text>' }), /CDATA/],
  ['script', drawing({ colour: '<script>alert(1)</script>' }), /element script/],
  ['style element', drawing({ root: '<style>@import url(http://x.example/a.css);</style>' }), /element style/],
  ['foreignObject', drawing({ colour: '<foreignObject width="9" height="9"/>' }), /element foreignObject/],
  ['filter', drawing({ root: '<defs><filter id="f"><feTurbulence numOctaves="100000000"/></filter></defs>' }), /element filter/],
  ['animation', drawing({ colour: '<rect width="9" height="9"><animate attributeName="x"/></rect>' }), /element animate/],
  ['nested use', drawing({ colour: '<use href="#layer-k"/>' }), /element use/],
  ['event handler', drawing({ colour: '<rect width="9" height="9" onload="x()"/>' }), /attribute onload/],
  ['picture from a file', drawing({ colour: '<image width="9" height="9" href="file:///etc/hostname"/>' }), /reference of image/],
  ['picture from a path', drawing({ colour: '<image width="9" height="9" href="../../secret.png"/>' }), /reference of image/],
  ['picture from the network', drawing({ colour: '<image width="9" height="9" xlink:href="http://x.example/a.png" xmlns:xlink="http://www.w3.org/1999/xlink"/>' }), /reference of image/],
  ['embedded SVG', drawing({ colour: '<image width="9" height="9" href="data:image/svg+xml;base64,PHN2Zy8+"/>' }), /reference of image/],
  ['gradient from another file', drawing({ root: '<defs><linearGradient id="g" href="other.svg#g"/></defs>' }), /reference of linearGradient/],
  ['url() to the network', drawing({ colour: '<rect width="9" height="9" fill="url(http://x.example/a#b)"/>' }), /outside the drawing/],
  ['url() in a style', drawing({ colour: '<rect width="9" height="9" style="fill:url(file:///a#b)"/>' }), /outside the drawing/],
  ['CSS escape of url', drawing({ colour: String.raw`<rect width="9" height="9" style="fill:\75rl(http://x.example)"/>` }), /CSS escape/],
  ['unlisted style property', drawing({ colour: '<rect width="9" height="9" style="filter:none"/>' }), /style property filter/],
  ['foreign namespace', drawing({ colour: '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>' }), /element xi:include/],
  ['svg inside svg', drawing({ colour: '<svg width="9" height="9"/>' }), /svg element inside/],
  ['another root', '<g xmlns="http://www.w3.org/2000/svg"/>', /root is not an svg/],
  ['loose text', drawing({ colour: 'hello' }), /text inside g/],
  ['broken markup', drawing({ colour: '<g>' }), /tag|close/i],
  ['nothing', '', /not an SVG|root|document/i],
  ['too many elements', drawing({ colour: rect.repeat(4001) }), /more than 4000/],
  ['too deep', drawing({ colour: `${'<g>'.repeat(30)}${'</g>'.repeat(30)}` }), /deeper than 24/],
  ['too large', drawing({ colour: ' '.repeat(512 * 1024) }), /larger than/],
];

describe('svg-tree', () => {
  it.each(hostile)('refuses %s with file and reason', (_name, svg, reason) => {
    const fault = thrownBy(() => readSvgTree(svg, 'evil/front.svg'));
    expect(fault.code).toBe('TPL-INVALID');
    expect(fault.detail.field).toMatch(/^evil\/front\.svg: /);
    expect(fault.detail.field).toMatch(reason);
  });

  it('ends a drawing of two hundred thousand groups at the depth limit, at once', () => {
    const started = performance.now();
    const fault = thrownBy(() => readSvgTree(`<svg xmlns="http://www.w3.org/2000/svg">${'<g>'.repeat(150_000)}`, 'deep.svg'));
    expect(fault.detail.field).toMatch(/deeper than 24/);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('keeps ids and data attributes, merges style over attributes, and drops what an editor noted', () => {
    const inkscape = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"';
    const svg = drawing({
      attributes: inkscape,
      root: '<sodipodi:namedview id="view"><inkscape:grid/></sodipodi:namedview>',
      colour: '<rect id="photo" data-field="photo" inkscape:label="Foto" fill="#000" style="fill:#123456;-inkscape-font-specification:x" width="9" height="9"/>',
    });
    const tree = readSvgTree(svg, 'a.svg');
    const layer = tree.children.find((child) => typeof child !== 'string' && child.attributes.get('id') === 'layer-colour');
    const [photo] = typeof layer === 'string' || layer === undefined ? [] : layer.children;
    expect(photo).toMatchObject({ name: 'rect' });
    expect(typeof photo === 'string' ? [] : [...(photo?.attributes ?? [])]).toEqual([['id', 'photo'], ['data-field', 'photo'], ['width', '9'], ['height', '9']]);
    expect(typeof photo === 'string' ? undefined : photo?.properties.get('fill')).toBe('#123456');
    expect(tree.children.filter((child) => typeof child !== 'string').length).toBe(3);
  });
});

function thrownBy(work: () => unknown): StationFault {
  try {
    work();
  } catch (error) {
    if (error instanceof StationFault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
